import { expect } from 'chai';
import { nameData } from './name-data.ts';
import { parseAsked, type Asked } from './parse-asked.ts';

const parse = (text: string): Asked => parseAsked(text, nameData());

describe('parseAsked', () => {
  const usb: readonly (readonly [string, Asked['form'], string])[] = [
    ['2341:0043', 'usb-id', '2341:0043'],
    ['0x03f0:0x1D17', 'usb-id', '03f0:1d17'],
    ['USB ID 03F0 : 002A', 'usb-id', '03f0:002a'],
    ['04А9:190А', 'usb-id', '04a9:190a'],
    ['USB\\VID_0482&PID_069D&REV_0100', 'usb-id', '0482:069d'],
    ['usb:v0482p069Dd0100dc00dsc00dp00', 'usb-id', '0482:069d'],
    ['Bus 001 Device 004: ID 0482:069d Kyocera Corp. ECOSYS M2040dn', 'lsusb', '0482:069d'],
    ['usb 1-1: New USB device found, idVendor=0482, idProduct=069d, bcdDevice= 1.00', 'kernel-log', '0482:069d'],
  ];
  for (const [text, form, id] of usb) it(`"${text}"`, () => expect(parse(text)).to.deep.include({ form, usb: [id] }));

  const names: readonly string[] = ['00:1b:44:11:3a:b7', 'fe80::0482:069d:1234:5678', 'LaserJet 1320', '12345:6789', '0482:069dd'];
  for (const text of names) it(`"${text}" holds no USB id`, () => expect(parse(text).usb).to.deep.equal([]));

  it('keeps the name in a line of lsusb', () => expect(parse('Bus 001 Device 004: ID 0482:069d Kyocera Corp. ECOSYS M2040dn').name).to.equal('Kyocera Corp. ECOSYS M2040dn'));

  it('reads IEEE 1284 ids with short and long keys, in any order', () => {
    const expected = { form: 'ieee1284', deviceId: { manufacturer: 'Hewlett-Packard', model: 'hp LaserJet 1320 series' } };
    expect(parse('MFG:Hewlett-Packard;CMD:PJL,MLC;MDL:hp LaserJet 1320 series;CLS:PRINTER;')).to.deep.include(expected);
    expect(parse('MANUFACTURER:Hewlett-Packard;COMMAND SET:PJL;MODEL:hp LaserJet 1320 series;')).to.deep.include(expected);
    expect(parse('CMD:PJL;MDL:hp LaserJet 1320 series;MFG:Hewlett-Packard;DES:LaserJet;').otherNames).to.deep.equal(['Hewlett-Packard LaserJet']);
    expect(parse('MFG:HP;CMD:PJL;').form).to.equal('name');
  });

  it('reads TXT records of DNS-SD', () => {
    expect(parse('ty=Kyocera ECOSYS M2040dn')).to.deep.include({ form: 'mdns', name: 'Kyocera ECOSYS M2040dn' });
    expect(parse('txt = ["rp=ipp/print" "ty=EPSON ET-2820 Series" "usb_MFG=EPSON" "usb_MDL=ET-2820 Series"]')).to.deep.include({ form: 'mdns', name: 'EPSON ET-2820 Series', deviceId: { manufacturer: 'EPSON', model: 'ET-2820 Series' } });
  });

  it('reads URIs of CUPS', () => expect(parse('usb://Kyocera/ECOSYS%20M2040dn?serial=VCF123')).to.deep.include({ form: 'cups-uri', name: 'Kyocera ECOSYS M2040dn' }));

  const equivalents: readonly (readonly [string, string])[] = [
    ['Kyocera M2040dn или аналог', 'kyocera m2040dn'],
    ['Kyocera M2040dn (или эквивалент)', 'kyocera m2040dn ( )'],
    ['Kyocera M2040dn or equivalent', 'kyocera m2040dn'],
    ['Kyocera M2040dn либо аналог, 2 шт', 'kyocera m2040dn , 2 шт'],
    ['МФУ не хуже Kyocera M2040dn', 'мфу kyocera m2040dn'],
  ];
  for (const [text, name] of equivalents) {
    it(`"${text}" takes an equivalent`, () => {
      expect(parse(text).orEquivalent).to.equal(true);
      expect(parse(text).name.replace(/ +/g, ' ')).to.equal(name);
    });
  }
  it('takes no word for an equivalent that only begins like it', () => expect(parse('Аналоговый телефон').orEquivalent).to.equal(false));

  const accessories: readonly (readonly [string, string | undefined])[] = [
    ['Картридж для HP LaserJet P1102', 'картридж'],
    ['Тонер-картридж TK-1170', 'тонер-картридж'],
    ['Toner for Kyocera M2040dn', 'toner'],
    ['Принтер HP LaserJet P1102 с картриджем и кабелем', undefined],
    ['МФУ Kyocera M2040dn, картридж в комплекте', undefined],
    ['Kyocera M2040dn, лоток 250 листов', undefined],
  ];
  for (const [text, expected] of accessories) it(`"${text}" asks for ${expected ?? 'a device'}`, () => expect(parse(text).accessory).to.equal(expected));

  it('reads hostile text in no time and without an error', () => {
    for (const text of ['MDL:'.repeat(50_000), ';'.repeat(100_000), 'ty='.repeat(50_000), ' ID '.repeat(50_000), '0482:'.repeat(50_000), 'или аналог '.repeat(20_000), 'usb://%/%E0%A4%A', '\ud800\udfff'.repeat(1000)]) {
      expect(parse(text).usb.length).to.be.at.most(1);
    }
  });
});
