import { expect, logicalAt, type CellContext, type HidTouchControls, type PenState } from '../../harness/index.ts';
import { evdev, parseEvents, valuesOf } from './evdev-events.ts';
import { complaintsIn, parseLibinputEvents } from './libinput-events.ts';
import { assertRigInTime, listenEvdev, listenLibinput } from './listen.ts';
import { penNode } from './panel-nodes.ts';
import { unlessSlow } from './unless-slow.ts';

/** Milliseconds of silence after which libinput takes the pen for gone (evdev-tablet.c, forced proximity out: 50 ms). */
const awayAfter = 45;

/** A stroke, as the kernel tells it: places and pressure exact, one tip down and one up. */
export async function proveStroke(cell: CellContext<HidTouchControls>): Promise<void> {
  const node = await penNode(cell);
  const pen = cell.unit.controls.panel.pen!;
  const stroke = Array.from({ length: 10 }, (_, step): PenState => ({ x: 0.2 + 0.05 * step, y: 0.8 - 0.04 * step, tip: true, pressure: 0.1 * (step + 1) }));
  const hover: PenState = { x: 0.15, y: 0.84, tip: false };
  await using listener = await listenEvdev(cell, node);
  await cell.unit.controls.pen([hover, ...stroke, { ...hover, x: 0.7 }, { ...hover, x: 0.7, inRange: false }]);
  const done = evdev.btnTouch;
  await listener.until('the tip up', 5, (text) => valuesOf(parseEvents(text), evdev.key, pen.hovers ? evdev.toolPen : done).includes(0));
  const events = parseEvents(listener.text);
  expect(valuesOf(events, evdev.key, evdev.btnTouch), 'BTN_TOUCH').to.deep.equal([1, 0]);
  if (pen.hovers) expect(valuesOf(events, evdev.key, evdev.toolPen), 'BTN_TOOL_PEN').to.deep.equal([1, 0]);
  expect(valuesOf(events, evdev.abs, evdev.absX).slice(-12), 'X').to.deep.equal([...[hover, ...stroke, { x: 0.7 }].map(({ x }) => logicalAt(pen.x, x))]);
  expect(valuesOf(events, evdev.abs, evdev.absY).slice(-12), 'Y').to.deep.equal([...[hover, ...stroke, hover].map(({ y }) => logicalAt(pen.y, y))]);
  const { pressureMax } = pen;
  if (pressureMax === undefined) return;
  expect(valuesOf(events, evdev.abs, evdev.absPressure).filter((value) => value > 0), 'pressure').to.deep.equal(stroke.map(({ pressure }) => Math.round((pressure ?? 0) * pressureMax)));
}

/** Pen and eraser, as libinput tells them: two tools that come and go, with tip, pressure and tilt. */
export async function proveTools(cell: CellContext<HidTouchControls>): Promise<void> {
  const node = await penNode(cell);
  const pen = cell.unit.controls.panel.pen!;
  if (!pen.hovers || pen.pressureMax === undefined) cell.skip('a pen that tells its pressure and when it is near');
  const place = { x: 0.4, y: 0.6, tiltX: 30, tiltY: -15 };
  const away: PenState = { ...place, inRange: false };
  const states: readonly PenState[] = [
    place,
    { ...place, tip: true, pressure: 0.5 },
    { ...place, x: 0.45, tip: true, pressure: 0.75 },
    { ...place, x: 0.45 },
    away,
    ...(pen.eraser ? [{ ...place, invert: true }, { ...place, invert: true, eraser: true, pressure: 0.5 }, { ...place, invert: true }, away] : []),
  ];
  await unlessSlow(cell, async () => {
    await using listener = await listenLibinput(cell, node);
    const sent = await cell.unit.controls.pen(states);
    const tools = pen.eraser ? 2 : 1;
    const of = (text: string, kind: string) => parseLibinputEvents(text).filter((event) => event.kind === kind);
    await listener.until('the tool to go', 5, (text) => of(text, 'TABLET_TOOL_PROXIMITY').length >= 2 * tools);
    const tablet = parseLibinputEvents(listener.text).filter(({ kind }) => kind.startsWith('TABLET_'));
    assertRigInTime(sent, tablet.length >= states.length - tools ? tablet.map(({ time }) => time) : [], awayAfter);
    const words = (kind: string) => of(listener.text, kind).map(({ rest }) => rest);
    const proximity = words('TABLET_TOOL_PROXIMITY').map((rest) => `${/\b(pen|eraser)\b/.exec(rest)?.[1] ?? '?'} ${/proximity-(in|out)/.exec(rest)?.[1] ?? '?'}`);
    expect(proximity, 'tools that come and go').to.deep.equal(['pen in', 'pen out', ...(pen.eraser ? ['eraser in', 'eraser out'] : [])]);
    expect(words('TABLET_TOOL_TIP').map((rest) => /\b(down|up)\b/.exec(rest)?.[1]), 'tip').to.deep.equal(Array.from({ length: tools }, () => ['down', 'up']).flat());
    const pressures = parseLibinputEvents(listener.text).flatMap(({ rest }) => /pressure: ([\d.]+)/.exec(rest)?.[1] ?? []).map(Number);
    expect(Math.max(...pressures), `highest pressure of ${pressures.join(' ')}`).to.be.closeTo(0.75, 0.06);
    if (pen.tilt) expect(listener.text, 'tilt').to.match(/tilt: 30\.0\d\*?\/-15\.0\d/);
    expect(complaintsIn(listener.text, [node]), 'complaints of libinput').to.deep.equal([]);
  });
}
