import { expect } from 'chai';
import { parseBlacklist } from './ipp-usb-files.ts';
import { parseTablet } from './tablet-claims.ts';
import { parseHwdb, parseRules, usbClaimOf } from './udev-files.ts';

describe('files of udev and its friends', () => {
  it('hwdb: globs and what they get', () => {
    const text = '# comment\n\nusb:v04A9p2206*\nusb:v04A9p2207*\n libsane_matched=yes\n\nevdev:input:b0003v056Ap0390*\n ID_INPUT=1\n A=b=c\nmouse:usb:v046dpc52b:name:x:\n MOUSE_DPI=800\n\nusb:v1234p5678*\n';
    expect([...parseHwdb(text)].map(({ globs, properties }) => [globs, [...properties]])).to.deep.equal([
      [['usb:v04A9p2206*', 'usb:v04A9p2207*'], [['libsane_matched', 'yes']]],
      [['evdev:input:b0003v056Ap0390*'], [['ID_INPUT', '1'], ['A', 'b=c']]],
      [['mouse:usb:v046dpc52b:name:x:'], [['MOUSE_DPI', '800']]],
    ]);
    expect(['usb:v04A9p2206*', 'evdev:input:b0003v056Ap0390*', 'mouse:usb:v046dpc52b:name:x:', 'usb:v04A9*', 'pci:v00008086d*', 'evdev:input:b0005v056Ap0390*'].map(usbClaimOf)).to.deep.equal(['usb:v04A9p2206*', 'usb:v056Ap0390*', 'usb:v046DpC52B*', undefined, undefined, undefined]);
  });

  it('rules: vendor and product, several of each, over lines', () => {
    const text = '# ATTR{idVendor}=="1111", ATTR{idProduct}=="2222"\nATTRS{idVendor}=="12d1", ATTR{idProduct}=="14fe|1001", \\\n  RUN+="usb_modeswitch \'/%k\'"\nATTR{idVendor}=="12d1", ATTR{bInterfaceNumber}=="00"\nENV{ID_VENDOR_ID}=="0694", ENV{ID_MODEL_ID}=="0002", MODE="0666"\nATTR{idVendor}=="*", ATTR{idProduct}=="0001"';
    expect(parseRules(text).map(({ claims }) => claims)).to.deep.equal([['usb:v12D1p14FE*', 'usb:v12D1p1001*'], ['usb:v0694p0002*']]);
    expect(parseRules(`ATTR{idVendor}=="1111", ATTR{idProduct}=="2222"${' '.repeat(9000)}`)).to.deep.equal([]);
  });

  it('libwacom: both spellings of a match, and other buses', () => {
    expect(parseTablet('[Device]\nName=Pad\nDeviceMatch=usb:056a:0390;usb|256c|006e||OEM02;bluetooth:056a:0391;i2c|056a|5010;serial:0000:0000;generic\n')).to.deep.equal({ name: 'Pad', claims: ['usb:v056Ap0390*', 'usb:v256Cp006E*', 'hid:b0005g*v0000056Ap00000391', 'hid:b0018g*v0000056Ap00005010'] });
    expect(parseTablet('')).to.deep.equal({ name: '', claims: [] });
  });

  it('ipp-usb: the models that are switched off', () => {
    expect(parseBlacklist('[*]\n http-connection = ""\n[HP Laser 107a]\n blacklist = true\n[Other]\n  disable-fax = true\n  blacklist = false\nblacklist = true')).to.deep.equal(['HP Laser 107a', 'Other']);
    expect(parseBlacklist('blacklist = true')).to.deep.equal([]);
  });
});
