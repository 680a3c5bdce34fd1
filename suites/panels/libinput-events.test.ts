import { expect } from 'chai';
import { complaintsIn, parseLibinputEvents, touchesOf } from './libinput-events.ts';

const printed = `-event4   DEVICE_ADDED            hwlab Reference Panel 65          seat0 default group2  cap:t  size 1425x799mm ntouches 10 calib
-event4   TOUCH_DOWN              +4294967.295s\t0 (0) 12.00/15.00 (170.96/119.88mm)
 event4   TOUCH_FRAME             +4294967.295s\t
 event4   TOUCH_MOTION            +0.001s\t0 (0) 12.50/15.50 (178.09/123.88mm)
 event4   TOUCH_FRAME             +0.001s\t
 event4   TOUCH_UP                +0.164s\t0 (0)
event5  - eGalax Inc. USB TouchController Touchscreen: libinput bug: missing tablet capabilities: resolution. Ignoring this device.
event1  - Some Mouse: kernel bug: wrong
`;

describe('libinput events', () => {
  it('reads a line each, also those without a text', () => {
    expect(parseLibinputEvents(printed).map(({ kind, time }) => [kind, time])).to.deep.equal([
      ['DEVICE_ADDED', 0],
      ['TOUCH_DOWN', 0],
      ['TOUCH_FRAME', 0],
      ['TOUCH_MOTION', 1],
      ['TOUCH_FRAME', 1],
      ['TOUCH_UP', 164],
    ]);
  });

  it('reads lines with the number of the repetition, as libinput 1.28 prints them', () => {
    const numbered = '-event4   TOUCH_MOTION              1 +0.001s\t0 (0) 12.50/15.50 (178.09/123.88mm)\n event4   TOUCH_MOTION            200 +1.250s\t3 (3) 13.00/15.00 (178.09/123.88mm)\n';
    expect(touchesOf(parseLibinputEvents(numbered)).map(({ kind, time, slot, x }) => [kind, time, slot, x])).to.deep.equal([
      ['TOUCH_MOTION', 1, 0, 12.5],
      ['TOUCH_MOTION', 1250, 3, 13],
    ]);
  });

  it('reads slot and place of touches', () => {
    expect(touchesOf(parseLibinputEvents(printed)).map(({ kind, slot, x, y }) => [kind, slot, x, y])).to.deep.equal([
      ['TOUCH_DOWN', 0, 12, 15],
      ['TOUCH_MOTION', 0, 12.5, 15.5],
      ['TOUCH_UP', 0, undefined, undefined],
    ]);
  });

  it('takes complaints about our devices only', () => {
    expect(complaintsIn(printed, [{ path: '/dev/input/event4' }])).to.deep.equal([]);
    expect(complaintsIn(printed, [{ path: '/dev/input/event4' }, { path: '/dev/input/event5' }]).length).to.equal(1);
    expect(complaintsIn('libinput error: no udev\n', [])).to.deep.equal(['libinput error: no udev']);
  });
});
