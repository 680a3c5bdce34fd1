import { expect, feature, fingersDown, fingersUp, shifted, spreadPoints, suite, type CellContext, type HidTouchControls } from '../../harness/index.ts';
import { parseEvents, snapshotsOf, type TouchSnapshot } from './evdev-events.ts';
import { GuestListener } from './guest-listener.ts';
import { assertRigInTime, listenEvdev, longestGap } from './listen.ts';
import { touchNode } from './panel-nodes.ts';
import { playRecorded } from './play-recorded.ts';
import { unlessSlow } from './unless-slow.ts';

/** 500 frames at 100 Hz. */
const frames = 500;
const interval = 10;
const manyFrom = 20;
const most = 40;
/** 3,000 frames: thirty seconds. */
const enduring = 3000;
/** Milliseconds. */
const mostLate = 20;

suite('panels', () => {
  feature<HidTouchControls>('touch.capacity', 'the kernel has a slot for each finger that the panel promises', async (cell) => {
    const node = await touchNode(cell);
    await using listener = await GuestListener.start(cell, `evtest ${node.path}`, /^Testing/m);
    const slots = /\(ABS_MT_SLOT\)\s+Value\s+\d+\s+Min\s+0\s+Max\s+(\d+)/.exec(listener.text)?.[1];
    expect(slots === undefined ? 'no ABS_MT_SLOT' : Number(slots) + 1, 'slots').to.equal(cell.unit.controls.panel.contacts);
  });

  feature<HidTouchControls>(
    'touch.many',
    'twenty fingers and more, a hundred times a second: no buffer runs over and no finger sticks',
    async (cell) => {
      const { panel } = cell.unit.controls;
      if (panel.contacts < manyFrom) cell.skip(`a panel that takes ${manyFrom} fingers`);
      const count = Math.min(most, panel.contacts);
      const points = spreadPoints(count);
      const at = (step: number) => points.map((point) => shifted(point, 0.002 * Math.abs((step % 40) - 20), 0.001 * (step % 20)));
      const node = await touchNode(cell);
      await unlessSlow(cell, async () => {
        const { sent, snapshots, times } = await playRecorded(cell, node, [...Array.from({ length: frames }, (_, step) => fingersDown(at(step))), fingersUp(at(frames - 1))], interval);
        assertRigInTime(sent, times);
        expect(Math.max(...snapshots.map(({ slots }) => slots.size)), 'contacts down at once').to.equal(count);
        expect(snapshots.at(-1)?.slots.size, 'contacts down at the end').to.equal(0);
        cell.measure('touch.many.frames', snapshots.length);
        cell.measure('touch.many.longest-gap.ms', Math.round(longestGap(times)));
        cell.measure('touch.many.late.p99.ms', lateness(times));
      });
    },
    { within: 60 },
  );

  feature<HidTouchControls>(
    'touch.endurance',
    'twenty fingers and more, a hundred times a second for thirty seconds: no buffer runs over, no finger sticks, and 99 of 100 frames come within 20 ms of their turn',
    async (cell) => {
      const { panel } = cell.unit.controls;
      if (panel.contacts < manyFrom) cell.skip(`a panel that takes ${manyFrom} fingers`);
      const points = spreadPoints(manyFrom);
      const at = (step: number) => points.map((point) => shifted(point, 0.002 * Math.abs((step % 40) - 20), 0.001 * (step % 20)));
      const node = await touchNode(cell);
      await unlessSlow(cell, async () => {
        const { sent, snapshots, times } = await playRecorded(cell, node, [...Array.from({ length: enduring }, (_, step) => fingersDown(at(step))), fingersUp(at(enduring - 1))], interval);
        assertRigInTime(sent, times);
        expect(Math.max(...snapshots.map(({ slots }) => slots.size)), 'contacts down at once').to.equal(manyFrom);
        expect(snapshots.at(-1)?.slots.size, 'contacts down at the end').to.equal(0);
        const late = lateness(times);
        cell.measure('touch.endurance.late.p99.ms', late);
        // Frames that left the emulator late came late by no fault of the product: the longest gap bounds it.
        if (late >= mostLate) assertRigInTime(sent, [], mostLate + interval);
        expect(late, 'ms by which the latest hundredth of frames came after its turn').to.be.lessThan(mostLate);
      });
    },
    { within: 120 },
  );

  feature<HidTouchControls>(
    'touch.replayed',
    'a recording of the panel, played back twice, gives the same touches both times, as many as it holds',
    async (cell) => {
      const { model } = cell.unit;
      if (model.behaviour['recording'] === undefined) cell.skip('a model with a recording');
      const facts = await cell.unit.controls.recording();
      const first = await playBack(cell);
      const second = await playBack(cell);
      expect(Math.max(0, ...first.map(({ slots }) => slots.size)), 'contacts down at once').to.equal(facts.mostContacts);
      const ids = new Set(first.flatMap(({ slots }) => [...slots.values()].map(({ trackingId }) => trackingId)));
      expect(ids.size, 'touches').to.equal(facts.touches);
      expect(normalised(second), 'the second time').to.deep.equal(normalised(first));
    },
    { within: 60 },
  );
});

async function playBack(cell: CellContext<HidTouchControls>): Promise<readonly TouchSnapshot[]> {
  const node = await touchNode(cell);
  let snapshots: readonly TouchSnapshot[] = [];
  await unlessSlow(cell, async () => {
    await using listener = await listenEvdev(cell, node);
    const { longestLag } = await cell.unit.controls.replay();
    const seen = () => snapshotsOf(parseEvents(listener.text));
    await listener.until('the last finger up', 5, () => seen().length > 0 && seen().at(-1)?.slots.size === 0);
    await listener.end();
    assertRigInTime({ frames: 0, reports: 0, longestGap: longestLag, milliseconds: 0, stops: 0 });
    snapshots = seen();
  });
  return snapshots;
}

/** Places of the contacts after each frame, without numbers that the kernel deals out anew. */
function normalised(snapshots: readonly TouchSnapshot[]): readonly string[] {
  return snapshots.map(({ slots }) => [...slots].map(([slot, { x, y }]) => `${slot}:${x},${y}`).join(' '));
}

/** Milliseconds by which the latest hundredth of frames came after its turn, beside the frame that was most in time. */
function lateness(times: readonly number[]): number {
  const late = times.map((time, index) => time - (times[0] ?? 0) - index * interval).sort((a, b) => a - b);
  return Math.round((late[Math.floor(late.length * 0.99)] ?? 0) - (late[0] ?? 0));
}
