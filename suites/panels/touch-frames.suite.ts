import { expect, feature, fingersDown, fingersUp, logicalAt, shifted, spreadPoints, suite, type HidTouchControls } from '../../harness/index.ts';
import { evdev, parseEvents, snapshotsOf, valuesOf } from './evdev-events.ts';
import { listenEvdev } from './listen.ts';
import { touchNode } from './panel-nodes.ts';
import { contactsDown, watchGesture } from './watch-gesture.ts';

/** MT_TOOL_PALM (linux/input.h). */
const palm = 2;

suite('panels', () => {
  feature<HidTouchControls>('touch.overflow', 'one finger more than the panel takes is passed over, and the others are not disturbed', async (cell) => {
    const { panel } = cell.unit.controls;
    const points = spreadPoints(panel.contacts + 1);
    const down = fingersDown(points);
    const extra = down.slice(panel.contacts);
    const frames = [down.slice(0, panel.contacts), down, down, [...down.slice(0, panel.contacts), ...extra.map((contact) => ({ ...contact, tip: false }))], fingersUp(points.slice(0, panel.contacts))];
    await watchGesture(cell, { frames, until: 'all fingers up', enough: (snapshots) => snapshots.length > 1 && snapshots.at(-1)?.slots.size === 0 }, ({ snapshots }) => {
      expect(Math.max(...contactsDown(snapshots)), 'contacts down at once').to.equal(panel.contacts);
      const places = new Set(snapshots.flatMap(({ slots }) => [...slots.values()].map(({ x, y }) => `${x},${y}`)));
      expect([...places].sort(), 'places of the contacts').to.deep.equal(points.slice(0, panel.contacts).map(({ x, y }) => `${logicalAt(panel.x, x)},${logicalAt(panel.y, y)}`).sort());
      expect(snapshots.at(-1)?.slots.size, 'contacts down at the end').to.equal(0);
    });
  });

  feature<HidTouchControls>('touch.count', 'fingers beyond the contact count of the report are not taken for touches', async (cell) => {
    const { panel } = cell.unit.controls;
    if (!panel.certified || !panel.contactCount || panel.contactsPerReport < 3) cell.skip('a panel for Windows 8 or later with at least three fingers a report');
    const points = spreadPoints(3);
    const frames = [fingersDown(points), fingersDown(points), fingersUp(points)];
    await watchGesture(cell, { frames, contactCount: 1, until: 'the finger up', enough: (snapshots) => snapshots.length > 1 && snapshots.at(-1)?.slots.size === 0 }, ({ snapshots }) => {
      expect(Math.max(...contactsDown(snapshots)), 'contacts down at once').to.equal(1);
    });
  });

  feature<HidTouchControls>('touch.hover', 'a finger that is near is told from one that touches', async (cell) => {
    const { panel } = cell.unit.controls;
    if (!panel.hovers || !panel.certified) cell.skip('a panel for Windows 8 or later that tells when a finger is near');
    const [point = { x: 0.5, y: 0.5 }] = spreadPoints(1);
    const near = { id: 0, ...point, tip: false, inRange: true };
    const frames = [[near], [near], [{ id: 0, ...point }], [near], [{ ...near, inRange: false }]];
    await watchGesture(cell, { frames, until: 'the finger gone', enough: (snapshots, events) => valuesOf(events, evdev.key, evdev.btnTouch).length >= 2 && snapshots.at(-1)?.slots.size === 0 }, ({ events, snapshots }) => {
      // BTN_TOUCH says that there is a contact, near or touching; which of them is in ABS_MT_DISTANCE (Linux, multi-touch protocol).
      expect(valuesOf(events, evdev.abs, evdev.mtDistance).map((distance) => distance > 0), 'ABS_MT_DISTANCE above 0: near, touching, near').to.deep.equal([true, false, true]);
      expect(snapshots.at(-1)?.slots.size, 'contacts at the end').to.equal(0);
    });
  });

  feature<HidTouchControls>('touch.duplicate', 'of two fingers with the same number in one report the first one counts', async (cell) => {
    const { panel } = cell.unit.controls;
    if (!panel.certified || panel.contactsPerReport < 2) cell.skip('a panel for Windows 8 or later with at least two fingers a report');
    const first = { id: 0, x: 0.25, y: 0.3 };
    const twin = { id: 0, x: 0.75, y: 0.7 };
    const up = { ...first, tip: false };
    await watchGesture(cell, { frames: [[first, twin], [first, twin], [up]], until: 'the finger up', enough: (snapshots) => snapshots.length > 1 && snapshots.at(-1)?.slots.size === 0 }, ({ snapshots }) => {
      const seen = snapshots.filter(({ slots }) => slots.size > 0).map(({ slots }) => [...slots.values()].map(({ x, y }) => [x, y]));
      expect(seen, 'contacts down').to.deep.equal([[[logicalAt(panel.x, first.x), logicalAt(panel.y, first.y)]]]);
    });
  });

  feature<HidTouchControls>('touch.released', 'a finger of which nothing more is heard is released, and counts as a new one when it comes again', async (cell) => {
    const { controls } = cell.unit;
    if (!controls.panel.certified) cell.skip('a panel for Windows 8 or later, as for older ones the kernel does not do that');
    const points = spreadPoints(2);
    const node = await touchNode(cell);
    await using listener = await listenEvdev(cell, node);
    const state = () => snapshotsOf(parseEvents(listener.text));
    await controls.touch([fingersDown(points)], undefined, { left: true });
    await listener.until('the fingers down', 5, () => state().some(({ slots }) => slots.size === 2));
    await listener.until('the fingers released by the kernel', 5, () => state().at(-1)?.slots.size === 0);
    const released = state();
    expect(released.at(-1)?.slots.size, 'contacts down when nothing was reported any more').to.equal(0);
    const down = released.find(({ slots }) => slots.size === 2);
    const waited = (released.at(-1)?.time ?? 0) - (down?.time ?? 0);
    cell.measure('touch.released.after.ms', Math.round(waited));
    expect(waited, 'milliseconds until the kernel released them').to.be.at.least(90);

    await controls.touch([fingersDown(points.map((point) => shifted(point, 0.01, 0.01))), fingersUp(points)]);
    await listener.until('the fingers again', 5, () => state().length > released.length && state().at(-1)?.slots.size === 0);
    const again = state().slice(released.length).find(({ slots }) => slots.size === 2);
    const ids = (slots: ReadonlyMap<number, { readonly trackingId: number }> | undefined): number[] => [...(slots?.values() ?? [])].map(({ trackingId }) => trackingId);
    expect(ids(again?.slots).length, 'contacts that came again').to.equal(2);
    expect(ids(again?.slots).filter((id) => ids(down?.slots).includes(id)), 'tracking ids that were used again').to.deep.equal([]);
  });

  feature<HidTouchControls>('touch.palm', 'a palm is told from a finger, or is no touch at all', async (cell) => {
    const { panel } = cell.unit.controls;
    if (!panel.confidence || !panel.certified) cell.skip('a panel for Windows 8 or later that tells palms from fingers');
    const [point = { x: 0.5, y: 0.5 }] = spreadPoints(1);
    const finger = { id: 0, ...point };
    const hand = { ...finger, confidence: false };
    const frames = [[finger], [finger], [hand], [hand], [{ ...hand, tip: false }]];
    await watchGesture(cell, { frames, until: 'the hand gone', enough: (snapshots) => snapshots.length > 1 && snapshots.at(-1)?.slots.size === 0 }, ({ events, snapshots }) => {
      const asPalm = events.findIndex(({ type, code, value }) => type === evdev.abs && code === evdev.mtToolType && value === palm);
      const released = events.findIndex(({ type, code, value }) => type === evdev.abs && code === evdev.mtTrackingId && value === -1);
      const frameOf = (index: number): number => events.slice(0, index).filter(({ type, code }) => type === evdev.syn && code === evdev.synReport).length;
      expect(asPalm >= 0 || frameOf(released) < frames.length - 1, `MT_TOOL_PALM, or a release before the hand went: ${contactsDown(snapshots).join(' ')} contacts down, released in frame ${frameOf(released)}`).to.equal(true);
    });
  });
});
