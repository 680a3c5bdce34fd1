import { expect, feature, fingersDown, fingersUp, handBeside, spreadPoints, suite, type HidTouchControls, type PenState } from '../../harness/index.ts';
import { parseLibinputEvents } from './libinput-events.ts';
import { assertRigInTime, listenLibinput } from './listen.ts';
import { penNode, touchNode } from './panel-nodes.ts';
import { proveStroke, proveTools } from './pen-proofs.ts';
import { unlessSlow } from './unless-slow.ts';

suite('panels', () => {
  feature<HidTouchControls>('pen.stroke', 'a pen stroke arrives with exact places and, where the pen has it, exact pressure', proveStroke);

  feature<HidTouchControls>('pen.libinput', 'libinput takes the pen for a tablet tool with tip, pressure and tilt, and its other end for an eraser', proveTools);

  feature<HidTouchControls>('pen.palm', 'while the pen is near, a hand on the panel is no touch; when it has gone, a finger is one', async (cell) => {
    const pen = await penNode(cell);
    const touch = await touchNode(cell);
    if (!cell.unit.controls.panel.pen?.hovers) cell.skip('a pen that tells when it is near');
    expect(pen.path, 'node of the pen').to.not.equal(touch.path);
    const tip = { x: 0.6, y: 0.5 };
    const hand = handBeside(cell.unit.controls.panel, tip);
    const writing = Array.from({ length: 40 }, (_, step): PenState => ({ x: tip.x + step / 2000, y: tip.y, tip: step > 4, pressure: 0.5 }));
    await unlessSlow(cell, async () => {
      await using listener = await listenLibinput(cell, touch, true);
      const of = (kind: string) => parseLibinputEvents(listener.text).filter((event) => event.kind === kind);
      const stroke = cell.unit.controls.pen([...writing, tip, { ...tip, inRange: false }], 20);
      await listener.until('the pen', 5, () => of('TABLET_TOOL_PROXIMITY').length > 0);
      const [sent] = await Promise.all([stroke, cell.unit.controls.touch([...Array.from({ length: 6 }, () => fingersDown(hand)), fingersUp(hand)], 25)]);
      await listener.until('the pen away', 5, () => of('TABLET_TOOL_PROXIMITY').length > 1);
      assertRigInTime(sent, [], 45);
      expect(of('TABLET_TOOL_TIP').length, 'tip down and up').to.equal(2);
      expect(of('TOUCH_DOWN').length, 'touches of the hand').to.equal(0);
      const finger = spreadPoints(1);
      await listener.until('a finger to count again', 10, () => of('TOUCH_DOWN').length > 0 || (void cell.unit.controls.touch([fingersDown(finger), fingersDown(finger), fingersUp(finger)], 20), false));
      expect(of('TOUCH_DOWN').length, 'touches of a finger when the pen was away').to.be.at.least(1);
    });
  });
});
