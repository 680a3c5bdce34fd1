import { expect } from 'chai';
import { encodeIpp } from '../../wire/ipp/encode-ipp.ts';
import { groupAttributes, textOf } from '../../wire/ipp/ipp-lookup.ts';
import { decodeIpp } from '../../wire/ipp/ipp-parser.ts';
import { IppCable } from '../testing/ipp-cable.ts';

const until = async (sign: () => boolean): Promise<void> => {
  while (!sign()) await new Promise((resolve) => setTimeout(resolve, 2));
};
const get = (path: string): Buffer => Buffer.from(`GET ${path} HTTP/1.1\r\nHost: localhost:60000\r\n\r\n`);
const attributesOf = async (cable: IppCable): Promise<Buffer> => (await cable.post('/ipp/print', encodeIpp(cable.request('Get-Printer-Attributes')))).body;

describe('manners of real multi-function devices', () => {
  it('cuts the last byte of a header while it starts, and answers well later on the same interface', async () => {
    const cable = new IppCable({ behaviour: { http: { cutAnswers: 100_000 } } });
    await cable.write(get('/eSCL/ScannerCapabilities'));
    await until(() => cable.received.length > 0);
    expect(cable.received.toString()).to.equal('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r');
    cable.controls.behave({ http: { cutAnswers: 0 } });
    cable.select();
    expect((await cable.ask('Get-Printer-Attributes')).status).to.equal('successful-ok');
  });

  it('never answers for the fax, or cuts that answer', async () => {
    const cable = new IppCable({ behaviour: { http: { fax: 'cut' } } });
    await cable.write(get('/ipp/faxout'));
    await until(() => cable.received.length > 0);
    expect(cable.received.toString()).to.match(/^HTTP\/1\.1 503 .*\r\n\r$/s);
    cable.controls.behave({ http: { fax: 'silent' } });
    cable.select();
    await cable.write(get('/ipp/faxout'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(cable.received).to.have.lengthOf(0);
  });

  it('ends each connection, and begins a new one for the next request', async () => {
    const cable = new IppCable({ behaviour: { http: { closes: true } } });
    expect((await cable.ask('Get-Printer-Attributes')).status).to.equal('successful-ok');
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await cable.ask('Get-Printer-Attributes')).status).to.equal('successful-ok');
  });

  it('swallows what comes to an interface that does not work', async () => {
    const cable = new IppCable({ behaviour: { pairs: { workingInterfaces: 0 } } });
    await cable.write(get('/eSCL/ScannerCapabilities'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(cable.received).to.have.lengthOf(0);
  });

  it('changes a byte of what it takes now and then', async () => {
    // The 29th byte is the last of the path.
    const cable = new IppCable({ behaviour: { pairs: { changesOneByteIn: 29 } } });
    await cable.write(get('/eSCL/ScannerCapabilities'));
    await until(() => cable.received.length > 0);
    expect(cable.received.toString()).to.match(/^HTTP\/1\.1 404 /);
  });

  it('takes nothing until it was reset', async () => {
    const cable = new IppCable({ behaviour: { pairs: { needsReset: true } } });
    const giveUp = new AbortController();
    const refused = cable.device.out(1, Buffer.from('GET'), giveUp.signal);
    giveUp.abort();
    expect(await refused).to.deep.equal({ status: 'cancelled', accepted: 0 });
    cable.device.onReset?.();
    cable.select();
    expect((await cable.ask('Get-Printer-Attributes')).status).to.equal('successful-ok');
  });

  it('writes collections, integers and the language as bad firmware does', async () => {
    const cable = new IppCable();
    const right = await attributesOf(cable);
    cable.controls.behave({ encoding: 'named-members' });
    const named = await attributesOf(cable);
    expect(named.length).to.be.below(right.length);
    // memberAttrName, no name, value "media-size": not there any more.
    const member = Buffer.concat([Uint8Array.of(0x4a, 0, 0, 0, 10), Buffer.from('media-size')]);
    expect([right.includes(member), named.includes(member)]).to.deep.equal([true, false]);
    cable.controls.behave({ encoding: 'long-integers' });
    const long = await attributesOf(cable);
    expect(() => decodeIpp(long)).to.throw();
    cable.controls.behave({ encoding: 'cut-texts' });
    const name = textOf(groupAttributes(decodeIpp(right).message, 'printer'), 'printer-make-and-model');
    expect(textOf(groupAttributes(decodeIpp(await attributesOf(cable)).message, 'printer'), 'printer-make-and-model')).to.equal(name?.slice(0, 8)).and.not.to.equal(name);
    cable.controls.behave({ encoding: 'padded-language' });
    expect((await attributesOf(cable)).includes('en-  ')).to.equal(true);
    cable.controls.reset();
    expect((await attributesOf(cable)).length).to.equal(right.length);
  });

  it('says the serial number and UUID of the unit in IPP and in eSCL', async () => {
    const identity = async (serial: string): Promise<readonly (string | undefined)[]> => {
      const cable = new IppCable({ usb: { strings: { serial } } });
      const printer = groupAttributes(await cable.ask('Get-Printer-Attributes'), 'printer');
      const { scanner } = cable.controls;
      expect(textOf(printer, 'printer-uuid')).to.equal(`urn:uuid:${scanner.capabilities.uuid}`);
      expect(textOf(printer, 'printer-device-id')).to.contain(`SER:${scanner.capabilities.serialNumber};`);
      return [scanner.capabilities.uuid, scanner.capabilities.serialNumber];
    };
    const [first, second] = [await identity('ONE'), await identity('TWO')];
    expect([first[1], second[1]]).to.deep.equal(['ONE', 'TWO']);
    expect(first[0]).to.not.equal(second[0]);
  });
});
