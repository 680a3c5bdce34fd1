import { expect } from 'chai';
import { evdev, parseEvents, readEvents, snapshotsOf, valuesOf } from './evdev-events.ts';

/** Two fingers down, the first lifts while the second moves: as an emulated panel on Debian 12 gave it. */
const dump = `open
 000000006b023d8f 000000000006095e 00000000002f0003
 000000006b023d8f 000000000006095e 0000000a00390003
 000000006b023d8f 000000000006095e 00001c2800350003
 000000006b023d8f 000000000006095e 0000347a00360003
 000000006b023d8f 000000000006095e 00000001002f0003
 000000006b023d8f 000000000006095e 0000000b00390003
 000000006b023d8f 000000000006095e 0000547a00350003
 000000006b023d8f 000000000006095e 0000370a00360003
 000000006b023d8f 000000000006095e 00000001014a0001
 000000006b023d8f 000000000006095e 0000000000000000
 000000006b023d8f 00000000000628c1 00000000002f0003
 000000006b023d8f 00000000000628c1 ffffffff00390003
 000000006b023d8f 00000000000628c1 00000001002f0003
 000000006b023d8f 00000000000628c1 000055c200350003
 000000006b023d8f 00000000000628c1 000fca9400050004
 000000006b023d8f 00000000000628c1 0000000000000000
 000000006b023d8f 0000000000064911 000fea9c00050004
 000000006b023d8f 0000000000064911 0000000000000000
od: standard input: read error: No such device
`;

describe('evdev events', () => {
  it('reads the dump and passes over other lines', () => {
    const events = parseEvents(dump);
    expect(events.length).to.equal(18);
    expect(events[1]).to.deep.equal({ time: 0x6b023d8f * 1000 + 0x6095e / 1000, type: evdev.abs, code: evdev.mtTrackingId, value: 10 });
    expect(valuesOf(events, evdev.abs, evdev.mtTrackingId)).to.deep.equal([10, 11, -1]);
    expect(parseEvents('')).to.deep.equal([]);
  });

  it('reads the same from bytes, and leaves out a cut event', () => {
    const words = [...dump.matchAll(/^ ([0-9a-f]{16}) ([0-9a-f]{16}) ([0-9a-f]{16})$/gm)];
    const bytes = Buffer.concat(words.map(([, ...three]) => Buffer.concat(three.map((word) => Buffer.from(word, 'hex').reverse()))));
    expect(readEvents(bytes)).to.deep.equal(parseEvents(dump));
    expect(readEvents(bytes.subarray(0, 47)).length).to.equal(1);
  });

  it('gives the fingers at each frame in which one changed', () => {
    const snapshots = snapshotsOf(parseEvents(dump));
    expect(snapshots.map(({ slots }) => [...slots])).to.deep.equal([
      [
        [0, { trackingId: 10, x: 0x1c28, y: 0x347a }],
        [1, { trackingId: 11, x: 0x547a, y: 0x370a }],
      ],
      [[1, { trackingId: 11, x: 0x55c2, y: 0x370a }]],
    ]);
  });
});
