import { expect } from 'chai';
import { parseBackendConf, parseDescription, parseDllConf } from './sane-files.ts';

describe('files of SANE', () => {
  it('dll.conf lists backends', () => {
    expect(parseDllConf('# all\nnet\n  epson2  # with a comment\n#pint\n\n../../etc/passwd\npixma')).to.deep.equal(['net', 'epson2', 'pixma']);
  });

  it("a backend's configuration names ids, and options that are none", () => {
    expect(parseBackendConf('# usb 0x1 0x2\nusb 0x04a9 0x2206\nusb 0x43d 0x60\nusb\nscsi EPSON\n[usb] 0x055f 0x0409\nusb 0xZZ 0x1\n usb 0x04A9 0x2207 option\n')).to.deep.equal(['usb:v04A9p2206*', 'usb:v043Dp0060*', 'usb:v04A9p2207*']);
  });

  it('a description names models, with ids and a status', () => {
    const text = [
      ':backend "pixma" ; name', ':mfg "Canon"', ':url "https://example.invalid"', ':model "PIXMA MP150"', ':interface "USB"', ':usbid "0x04a9" "0x1709"', ':status :complete',
      ':model "PIXMA \\"X\\""', ':status :untested', ':model "LiDE"', ':usbid "0x04a9" "0x220e"', ':usbid "ignore" "x"', ':status :unsupported',
    ].join('\n');
    expect(parseDescription(text)).to.deep.equal([
      { backend: 'pixma', model: 'Canon PIXMA MP150', claims: ['usb:v04A9p1709*'], status: 'complete' },
      { backend: 'pixma', model: 'Canon LiDE', claims: ['usb:v04A9p220E*'], status: 'unsupported' },
    ]);
    expect(parseDescription(':usbid "0x04a9" "0x1709"\n:status :good')).to.deep.equal([]);
  });
});
