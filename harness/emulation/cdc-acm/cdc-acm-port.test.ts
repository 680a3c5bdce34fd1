import { expect } from 'chai';
import type { SetupPacket, UsbInPipes } from '../usb-device.ts';
import { CdcAcmPort } from './cdc-acm-port.ts';
import { nameCdcAcmRequest } from './cdc-acm-requests.ts';
import { encodeLineCoding, type LineCoding } from './line-coding.ts';

const touch: LineCoding = { baud: 1200, dataBits: 8, parity: 'none', stopBits: 1 };

describe('a CDC-ACM port', () => {
  it('keeps the line coding that it was told, and says it back', () => {
    const port = new CdcAcmPort(2);
    expect(port.control(request(0x21, 0x20), encodeLineCoding(touch))).to.have.property('status', 'ok');
    expect(port.control(request(0xa1, 0x21), new Uint8Array(0))?.data).to.deep.equal(encodeLineCoding(touch));
    expect(port.lineCodings).to.deep.equal([touch]);
    port.forget();
    expect(port.lineCodings).to.deep.equal([]);
  });

  it('stalls what is no line coding and what is no request of the class', () => {
    const port = new CdcAcmPort(2);
    expect(port.control(request(0x21, 0x20), new Uint8Array(6))).to.equal(undefined);
    expect(port.control(request(0x21, 0x21), new Uint8Array(0))).to.equal(undefined);
    expect(port.control(request(0x40, 0x22), new Uint8Array(0))).to.equal(undefined);
  });

  it('says once, and with the speed of that moment, that it was closed', () => {
    const closed: number[] = [];
    const port = new CdcAcmPort(2, ({ baud }) => closed.push(baud));
    port.control(request(0x21, 0x22, 3), new Uint8Array(0));
    port.control(request(0x21, 0x20), encodeLineCoding(touch));
    port.control(request(0x21, 0x22, 0), new Uint8Array(0));
    port.control(request(0x21, 0x22, 0), new Uint8Array(0));
    expect(closed).to.deep.equal([1200]);
    expect(port.dtrEdges).to.equal(1);
  });

  it('holds up a computer that sends and never reads', async () => {
    const port = new CdcAcmPort(2);
    port.plugInto({ send: async () => await new Promise(() => undefined) } as unknown as UsbInPipes);
    const data = new Uint8Array(32 * 1024);
    port.send(data);
    expect(port.taken(data)).to.deep.equal({ status: 'ok', accepted: data.length });
    port.send(data);
    const held = port.taken(data);
    expect(held).to.be.instanceOf(Promise);
    port.clear();
    expect(await held).to.deep.equal({ status: 'ok', accepted: data.length });
  });

  it('throws away what was not read when it is closed, and says the new only to who opens it next', async () => {
    const said: string[] = [];
    let take: () => void = () => undefined;
    const port = new CdcAcmPort(2);
    const send = async (_endpoint: number, data: Uint8Array): Promise<void> => {
      said.push(Buffer.from(data).toString());
      await new Promise<void>((taken) => (take = taken));
    };
    port.plugInto({ send } as unknown as UsbInPipes);
    port.control(request(0x21, 0x22, 1), new Uint8Array(0));
    for (const text of ['first', 'old']) port.send(Buffer.from(text));
    port.control(request(0x21, 0x22, 0), new Uint8Array(0));
    port.control(request(0x21, 0x22, 1), new Uint8Array(0));
    port.send(Buffer.from('new'));
    take();
    await new Promise((resolve) => setImmediate(resolve));
    expect(said).to.deep.equal(['first', 'new']);
  });

  it('names its requests', () => {
    expect(nameCdcAcmRequest(request(0x21, 0x20), encodeLineCoding(touch))).to.equal('SET_LINE_CODING 1200 8N1');
    expect(nameCdcAcmRequest(request(0x21, 0x22, 1), new Uint8Array(0))).to.equal('SET_CONTROL_LINE_STATE DTR on, RTS off');
    expect(nameCdcAcmRequest(request(0x21, 0x0a), new Uint8Array(0))).to.equal(undefined);
  });
});

function request(requestType: number, code: number, value = 0): SetupPacket {
  return { requestType, request: code, value, index: 0, length: 0 };
}
