import { expect, feature, fingersDown, fingersMove, fingersUp, logicalAt, shifted, spreadPoints, suite, type HidTouchControls, type PanelPoint } from '../../harness/index.ts';
import { assertControllerAsked } from './controller-asked.ts';
import { evdev, parseEvents, snapshotsOf, valuesOf } from './evdev-events.ts';
import { complaintsIn, parseLibinputEvents, touchesOf } from './libinput-events.ts';
import { libinputList } from './libinput-list.ts';
import { assertRigInTime, listenEvdev, listenLibinput } from './listen.ts';
import { panelNodes, touchNode } from './panel-nodes.ts';
import { unlessSlow } from './unless-slow.ts';

const directProperty = 1n << 1n;

suite('panels', () => {
  feature<HidTouchControls>('touch.driver', 'the kernel drives the panel with hid-multitouch, and udev calls it a touch screen', async (cell) => {
    const node = await touchNode(cell);
    expect(node.driver, `driver of ${node.path}`).to.equal('hid-multitouch');
    expect(node.udev['ID_INPUT_TOUCHSCREEN'], 'udev property ID_INPUT_TOUCHSCREEN').to.equal('1');
    expect(node.inputProperties & directProperty, 'INPUT_PROP_DIRECT').to.equal(directProperty);
  });

  feature<HidTouchControls>('touch.size', 'udev and libinput know how large the panel is', async (cell) => {
    const { x, y } = cell.unit.controls.panel;
    if (x.millimetres === undefined || y.millimetres === undefined) cell.skip('a panel whose report descriptor tells its size in a unit of length');
    const { udev, path } = await touchNode(cell);
    const size = (await libinputList(cell)).devices.find((device) => device.kernel === path)?.size ?? '';
    const [width = NaN, height = NaN] = /^(\d+)x(\d+)mm$/.exec(size)?.slice(1).map(Number) ?? [];
    // The kernel tells whole units a millimetre, so the size that programs see is off by up to half a unit.
    for (const [axis, seen, name] of [[x, width, 'width'], [y, height, 'height']] as const) {
      const told = (axis.max - axis.min) / axis.resolution;
      expect(seen, `${name} in mm that libinput tells (${size})`).to.be.closeTo(told, 1);
      expect(Number(udev[`ID_INPUT_${name.toUpperCase()}_MM`]), `${name} in mm that udev tells`).to.be.closeTo(told, 1);
      cell.measure(`touch.size.${name}.error.percent`, Math.round((Math.abs(seen - axis.millimetres!) / axis.millimetres!) * 1000) / 10);
    }
  });

  feature<HidTouchControls>('touch.libinput', 'libinput lists the panel as a touch device', async (cell) => {
    const { path } = await touchNode(cell);
    const { devices } = await libinputList(cell);
    const listed = devices.find((device) => device.kernel === path);
    expect(listed, `${path} in libinput list-devices: ${devices.map((device) => device.kernel).join(', ')}`).to.not.equal(undefined);
    expect(listed?.capabilities).to.include('touch');
  });

  feature<HidTouchControls>('touch.clean', 'libinput and the kernel complain about nothing in the panel', async (cell) => {
    const { complaints } = await libinputList(cell);
    expect(complaints, "complaints of libinput about the panel's devices").to.deep.equal([]);
    const { vendorId, productId } = cell.unit.model.usb;
    const plugged = `idVendor=${vendorId.slice(2)}, idProduct=${productId.slice(2)}`;
    const log = (await cell.guest.run('dmesg')).stdout.split('\n');
    const since = log.slice(log.findLastIndex((line) => line.includes(plugged)) + 1);
    expect(since.filter((line) => /\b(BUG|WARNING|Oops|unknown main item|reserved main item|parsing failed)\b/.test(line)), 'kernel log since the plug').to.deep.equal([]);
  });

  feature<HidTouchControls>('touch.coordinates', 'a touch arrives at exactly the place where the finger is', async (cell) => {
    const { panel } = cell.unit.controls;
    const places: readonly PanelPoint[] = [{ x: 0.5125, y: 0.4875 }, { x: 0, y: 0 }, { x: 1, y: 1 }, { x: 1, y: 0 }, { x: 0, y: 1 }, { x: 0.25, y: 0.7 }, { x: 0.81, y: 0.33 }];
    await unlessSlow(cell, async () => {
      await using listener = await listenEvdev(cell, await touchNode(cell));
      const sent = await cell.unit.controls.touch(places.flatMap((place) => [fingersDown([place]), fingersUp([place])]));
      await listener.until('the last lift', 5, (text) => valuesOf(parseEvents(text), evdev.key, evdev.btnTouch).filter((value) => value === 0).length >= places.length);
      const events = parseEvents(listener.text);
      const snapshots = snapshotsOf(events);
      const downs = snapshots.filter(({ slots }) => slots.size > 0).map(({ slots }) => [...slots.values()].map(({ x, y }) => [x, y]));
      await assertControllerAsked(cell, sent);
      assertRigInTime(sent);
      expect(downs, 'X and Y of each touch').to.deep.equal(places.map((place) => [[logicalAt(panel.x, place.x), logicalAt(panel.y, place.y)]]));
      expect(valuesOf(events, evdev.key, evdev.btnTouch), 'BTN_TOUCH').to.deep.equal(places.flatMap(() => [1, 0]));
      expect(snapshots.at(-1)?.slots.size, 'contacts down at the end').to.equal(0);
    });
  });

  feature<HidTouchControls>('touch.multi', 'all fingers, up to ten, go down, move and go up in the right places through libinput', async (cell) => {
    const { panel } = cell.unit.controls;
    const count = Math.min(10, panel.contacts);
    const steps = 20;
    const start = spreadPoints(count);
    const end = start.map((point) => shifted(point, 0.1, 0.1));
    await unlessSlow(cell, async () => {
      await using listener = await listenLibinput(cell, await touchNode(cell));
      const sent = await cell.unit.controls.touch([fingersDown(start), ...fingersMove(start, 0.1, 0.1, steps), fingersUp(end)]);
      const ups = (text: string): number => text.match(/TOUCH_UP/g)?.length ?? 0;
      await listener.until(`${count} fingers up`, 5, (text) => ups(text) >= count);
      const touches = touchesOf(parseLibinputEvents(listener.text));
      const of = (kind: string) => touches.filter((touch) => touch.kind === kind);
      const motions = of('TOUCH_MOTION');
      // A finger that the kernel lifted too early comes down again with the next frame, so these are all frames of all fingers.
      const arrived = of('TOUCH_DOWN').length + motions.length;
      await assertControllerAsked(cell, sent);
      assertRigInTime(sent, arrived >= (steps + 1) * count ? touches.filter(({ kind }) => kind !== 'TOUCH_UP').map(({ time }) => time) : []);
      expect([of('TOUCH_DOWN').length, motions.length, of('TOUCH_UP').length], 'TOUCH_DOWN, TOUCH_MOTION, TOUCH_UP').to.deep.equal([count, steps * count, count]);
      const near = (touch: { x: number | undefined; y: number | undefined } | undefined, point: PanelPoint): boolean =>
        Math.abs((touch?.x ?? NaN) - point.x * 100) <= 0.02 + 100 / (panel.x.max - panel.x.min) && Math.abs((touch?.y ?? NaN) - point.y * 100) <= 0.02 + 100 / (panel.y.max - panel.y.min);
      start.forEach((point, finger) => {
        const down = of('TOUCH_DOWN').filter((touch) => near(touch, point));
        expect(down.length, `fingers down at ${percent(point)}; there are ${of('TOUCH_DOWN').map(({ x, y }) => `${x}/${y}`).join(' ')}`).to.equal(1);
        const last = motions.findLast((touch) => touch.slot === down[0]?.slot);
        expect(near(last, end[finger] ?? point), `finger ${finger} ends at ${percent(end[finger] ?? point)}, libinput says ${last?.x}/${last?.y}`).to.equal(true);
      });
      expect(Number(/ntouches (\d+)/.exec(listener.text)?.[1]), 'touches that libinput expects of the panel').to.be.at.least(count);
      expect(complaintsIn(listener.text, await panelNodes(cell)), 'complaints of libinput').to.deep.equal([]);
    });
  });

  feature<HidTouchControls>('touch.slots', 'of two fingers one lifts, and the other keeps its slot', async (cell) => {
    const { panel } = cell.unit.controls;
    if (panel.contacts < 2) cell.skip('a panel that takes two fingers');
    const left = { x: 0.24, y: 0.41 };
    const right = { x: 0.66, y: 0.43 };
    const again = { x: 0.31, y: 0.77 };
    const moved = (step: number) => ({ id: 1, ...shifted(right, 0.01 * step, 0.02 * step) });
    const frames = [
      fingersDown([left, right]),
      [{ id: 0, ...left, tip: false }, moved(1)],
      [moved(2)],
      [{ id: 0, ...again }, moved(3)],
      [{ id: 0, ...again, tip: false }, { ...moved(3), tip: false }],
    ];
    await unlessSlow(cell, async () => {
      await using listener = await listenEvdev(cell, await touchNode(cell));
      const sent = await cell.unit.controls.touch(frames);
      await listener.until('both fingers up', 5, (text) => snapshotsOf(parseEvents(text)).at(-1)?.slots.size === 0);
      const snapshots = snapshotsOf(parseEvents(listener.text));
      await assertControllerAsked(cell, sent);
      assertRigInTime(sent, snapshots.length >= frames.length ? snapshots.slice(0, -1).map(({ time }) => time) : []);
      const at = (point: PanelPoint) => ({ x: logicalAt(panel.x, point.x), y: logicalAt(panel.y, point.y) });
      const both = snapshots.find(({ slots }) => slots.size === 2);
      const [slotLeft, slotRight] = [left, right].map((point) => [...(both?.slots ?? [])].find(([, slot]) => slot.x === at(point).x && slot.y === at(point).y)?.[0]);
      expect(slotLeft, 'a slot for the left finger').to.be.a('number');
      expect(slotRight, 'a slot for the right finger').to.be.a('number');
      const firstIds = [slotLeft, slotRight].map((slot) => both?.slots.get(slot ?? -1)?.trackingId);
      const lifted = snapshots.findIndex(({ slots }, index) => slots.size === 1 && snapshots[index - 1]?.slots.size === 2);
      const joined = snapshots.findIndex(({ slots }, index) => index > lifted && slots.size === 2);
      const alone = lifted < 0 ? undefined : snapshots[joined - 1]?.slots.get(slotRight ?? -1);
      expect(alone, 'the right finger alone').to.deep.equal({ trackingId: firstIds[1], ...at(moved(2)) });
      const withNew = snapshots.findLast(({ slots }) => slots.size === 2)?.slots;
      expect(withNew?.get(slotRight ?? -1), 'the right finger beside a new one').to.deep.equal({ trackingId: firstIds[1], ...at(moved(3)) });
      expect(withNew?.get(slotLeft ?? -1)?.trackingId, 'tracking id of the new finger').to.not.equal(firstIds[0]);
      expect(snapshots.at(-1)?.slots.size, 'contacts down at the end').to.equal(0);
    });
  });
});

function percent(point: PanelPoint): string {
  return `${(point.x * 100).toFixed(2)}/${(point.y * 100).toFixed(2)} %`;
}
