import { expect } from 'chai';
import { encodeNegotiation, encodeSubnegotiation, encodeTelnetData, TelnetDecoder, type TelnetEvent } from './telnet.ts';

describe('telnet', () => {
  const stream = Uint8Array.from([
    0x61,
    ...encodeTelnetData(Uint8Array.of(0xff, 0x62)),
    ...encodeNegotiation('do', 44),
    ...encodeSubnegotiation(44, Uint8Array.of(101, 0, 1, 0xff, 0)),
    ...[255, 243],
    0x63,
  ]);
  const golden: TelnetEvent[] = [
    { kind: 'data', bytes: Uint8Array.of(0x61, 0xff, 0x62) },
    { kind: 'negotiation', verb: 'do', option: 44 },
    { kind: 'subnegotiation', option: 44, payload: Uint8Array.of(101, 0, 1, 0xff, 0) },
    { kind: 'command', code: 243 },
    { kind: 'data', bytes: Uint8Array.of(0x63) },
  ];

  it('has the bytes of RFC 854 and RFC 2217', () => {
    expect(Buffer.from(stream).toString('hex')).to.equal('61ffff62fffd2cfffa2c650001ffff00fff0fff363');
  });

  it('reads them wherever the stream is cut', () => {
    for (let cut = 0; cut <= stream.length; cut += 1) {
      const decoder = new TelnetDecoder();
      const events = [...decoder.add(stream.subarray(0, cut)), ...decoder.add(stream.subarray(cut))];
      const merged: TelnetEvent[] = [];
      for (const event of events) {
        const last = merged.at(-1);
        if (event.kind === 'data' && last?.kind === 'data') merged[merged.length - 1] = { kind: 'data', bytes: Uint8Array.of(...last.bytes, ...event.bytes) };
        else merged.push(event);
      }
      expect(merged, `cut at ${cut}`).to.deep.equal(golden);
    }
  });

  it('keeps 1 KiB of a subnegotiation that does not end', () => {
    const decoder = new TelnetDecoder();
    decoder.add(Uint8Array.of(255, 250, 44));
    for (let i = 0; i < 100; i += 1) expect(decoder.add(new Uint8Array(10_000))).to.deep.equal([]);
    const [event] = decoder.add(Uint8Array.of(255, 240));
    expect(event?.kind === 'subnegotiation' && event.payload.length).to.equal(1024);
  });
});
