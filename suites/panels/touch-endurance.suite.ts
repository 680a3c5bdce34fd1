import { expect, feature, fingersDown, fingersUp, logicalAt, shifted, spreadPoints, suite, type HidTouchControls, type PanelPoint } from '../../harness/index.ts';
import { sleepAndWake } from '../robotics/machine-sleep.ts';
import { evdev, parseEvents, snapshotsOf, valuesOf } from './evdev-events.ts';
import { parseLibinputEvents, touchesOf } from './libinput-events.ts';
import { assertRigInTime, listenEvdev, listenLibinput, longestGap, tooLong } from './listen.ts';
import { unlessSlow } from './unless-slow.ts';
import { playRecorded } from './play-recorded.ts';
import { forgetNodes, touchNode } from './panel-nodes.ts';

const reports = 1000;
/** Milliseconds: 1,000 reports take 7 of the 10 seconds they may. */
const interval = 7;
/** Half of what a panel usually takes, so that evdev's buffer, made for eight frames of all fingers, bridges a stall of the reader. */
const fingers = 5;

suite('panels', () => {
  feature<HidTouchControls>(
    'touch.rate',
    '1,000 touch reports in ten seconds, and none is lost',
    async (cell) => {
      const { panel } = cell.unit.controls;
      const points = spreadPoints(Math.min(fingers, panel.contacts, panel.contactsPerReport)).map((point) => shifted(point, 0.01, 0.013));
      const at = (step: number): readonly PanelPoint[] => points.map((point) => shifted(point, zigzag(step), zigzag(step)));
      const frames = Array.from({ length: reports - 1 }, (_, step) => fingersDown(at(step)));
      const node = await touchNode(cell);
      await unlessSlow(cell, async () => {
        const { snapshots, times } = await playRecorded(cell, node, [...frames, fingersUp(at(reports - 2))], interval);
        const seen = snapshots.filter(({ slots }) => slots.size > 0).map(({ slots }) => [...slots.values()].map(({ x, y }) => `${x},${y}`).join(' '));
        const wanted = frames.map((frame) => frame.map(({ x, y }) => `${logicalAt(panel.x, x)},${logicalAt(panel.y, y)}`).join(' '));
        const wrong = wanted.findIndex((text, index) => text !== seen[index]);
        expect(seen.length, `frames with fingers down that arrived; the first wrong one is ${wrong}`).to.equal(wanted.length);
        expect(wrong < 0 ? 'all right' : `frame ${wrong}: ${seen[wrong]}`, 'places of the fingers').to.equal(wrong < 0 ? 'all right' : `frame ${wrong}: ${wanted[wrong]}`);
        // A stall of the rig lets the kernel lift the fingers, which loses no report; any other early lift is wrong.
        const early = snapshots.slice(0, -1).filter(({ slots, time }, index) => slots.size === 0 && time - (snapshots[index - 1]?.time ?? time) < tooLong);
        expect(early.length, 'lifts before the end').to.equal(0);
        expect(snapshots.at(-1)?.slots.size, 'contacts down at the end').to.equal(0);
        const took = (snapshots.at(-1)?.time ?? 0) - (snapshots[0]?.time ?? 0);
        expect(took / 1000, 'seconds from the first to the last frame in the guest').to.be.lessThan(10);
        cell.measure('touch.reports.per-second', Math.round((reports / took) * 1000));
        cell.measure('touch.reports.lost', wanted.length - seen.length);
        cell.measure('touch.frames.longest-gap.ms', Math.round(longestGap(times)));
      });
    },
    { within: 60 },
  );

  feature<HidTouchControls>(
    'touch.replug',
    'unplugged while fingers are down, they are released; plugged in again, the panel works under the same name',
    async (cell) => {
      const { unit } = cell;
      const points = spreadPoints(Math.min(2, unit.controls.panel.contacts)).map((point) => shifted(point, 0.03, 0.04));
      const node = await touchNode(cell);
      const before = stableNames(node.udev);
      await using listener = await listenLibinput(cell, node, true);
      const event = node.path.slice('/dev/input/'.length);
      const of = (text: string, kind: string) => touchesOf(parseLibinputEvents(text)).filter((touch) => touch.device === event && touch.kind === kind);
      const endless = unit.controls.touch(Array.from({ length: 2000 }, (_, step) => fingersDown(points.map((point) => shifted(point, zigzag(step), 0)))));
      await listener.until('the fingers down', 5, (text) => of(text, 'TOUCH_DOWN').length >= points.length);
      await unit.unplug();
      forgetNodes(cell);
      await endless;
      await listener.until('the panel gone', 10, (text) => new RegExp(`${event}\\s+DEVICE_REMOVED`).test(text));
      await listener.end();
      const downs = of(listener.text, 'TOUCH_DOWN').length;
      expect(downs, 'fingers down before').to.be.at.least(points.length);
      expect(of(listener.text, 'TOUCH_UP').length + of(listener.text, 'TOUCH_CANCEL').length, 'fingers released by libinput').to.equal(downs);

      await unit.plug();
      const again = await touchNode(cell);
      expect(stableNames(again.udev), 'stable names in /dev/input/by-id and by-path').to.deep.equal(before);
      await using second = await listenEvdev(cell, again);
      await unit.controls.touch([fingersDown(points), fingersUp(points)]);
      await second.until('a touch', 5, (text) => valuesOf(parseEvents(text), evdev.key, evdev.btnTouch).length >= 2);
      expect(valuesOf(parseEvents(second.text), evdev.key, evdev.btnTouch), 'BTN_TOUCH after the new plug').to.deep.equal([1, 0]);
    },
    { within: 60 },
  );

  feature<HidTouchControls>(
    'touch.resume',
    'after the whole machine has slept the panel works under the same names, at the same places',
    async (cell) => {
      const { unit } = cell;
      const point = { x: 0.4, y: 0.6 };
      const before = stableNames((await touchNode(cell)).udev);
      forgetNodes(cell);
      await sleepAndWake(cell);
      const node = await touchNode(cell);
      expect(stableNames(node.udev), 'stable names in /dev/input/by-id and by-path').to.deep.equal(before);
      await unlessSlow(cell, async () => {
        await using listener = await listenEvdev(cell, node);
        const sent = await unit.controls.touch([fingersDown([point]), fingersUp([point])]);
        await listener.until('a touch', 5, (text) => valuesOf(parseEvents(text), evdev.key, evdev.btnTouch).length >= 2);
        assertRigInTime(sent);
        const { panel } = unit.controls;
        const places = snapshotsOf(parseEvents(listener.text)).flatMap(({ slots }) => [...slots.values()].map(({ x, y }) => [x, y]));
        expect(places[0], 'X and Y of the touch').to.deep.equal([logicalAt(panel.x, point.x), logicalAt(panel.y, point.y)]);
        expect(valuesOf(parseEvents(listener.text), evdev.key, evdev.btnTouch), 'BTN_TOUCH').to.deep.equal([1, 0]);
      });
    },
    { within: 60 },
  );
});

/** A way of 0.08 there and back in steps of 0.004: each step is larger than the noise that drivers filter out. */
function zigzag(step: number): number {
  return 0.004 * Math.abs(((step + 20) % 40) - 20);
}

function stableNames(udev: Readonly<Record<string, string>>): readonly string[] {
  return (udev['DEVLINKS'] ?? '').split(' ').filter((link) => link !== '').sort();
}
