import { expect, feature, fingersDown, fingersMove, fingersUp, handBeside, pointAtMillimetres, shifted, spreadPoints, suite, type CellContext, type HidTouchControls, type PanelPoint, type PenState } from '../../harness/index.ts';
import { BrowserSurface, seen, type PointerSeen } from './browser-surface.ts';
import { desktopScreens } from './desktop-screens.ts';
import { assertRigInTime } from './listen.ts';
import { forgetNodes } from './panel-nodes.ts';
import { unlessSlow } from './unless-slow.ts';

/** CSS pixels: a pixel of the screen is 0.5 to 1 mm on a large panel, and sensors have more steps than that. */
const tolerance = 1;
/** Seconds with hardware virtualisation: a browser under software emulation takes its time. */
const limit = { within: 60 };
const patience = 15;
/**
 * Milliseconds between states of the pen. The kernel keeps the last 64 events for a desktop that does not read them (evdev.c), 20 states; a
 * desktop that is busy for longer than they take to be sent gets the last one only. A pen has no time in which it must speak again.
 */
const penInterval = 60;

suite('panels-browser', () => {
  // First, before a test tells the desktop where inputs belong: to forget that it has to be loaded anew, which takes long on a slow rig.
  feature<HidTouchControls>(
    'browser.screen',
    'with two screens a touch arrives on the one that the panel belongs to, without anybody having said which that is',
    async (cell) => {
      await twoScreens(cell);
      await touchesTheScreenOfThePage(cell, true);
    },
    limit,
  );

  feature<HidTouchControls>(
    'browser.place',
    'a touch arrives in the page at the pixel under the finger, measured in millimetres on the panel',
    async (cell) => {
      const { panel } = cell.unit.controls;
      const [width, height] = [panel.x.millimetres ?? 1000, panel.y.millimetres ?? 600];
      const places = [[0.5, 0.5], [0.02, 0.03], [0.98, 0.97], [0.97, 0.04], [0.03, 0.95], [0.31, 0.72]].map(([x = 0, y = 0]) => [x * width, y * height] as const);
      await using page = await BrowserSurface.open(cell);
      await unlessSlow(cell, async () => {
        await page.take();
        const points = places.map(([x, y]) => pointAtMillimetres(panel.x.millimetres === undefined ? { ...panel, x: { ...panel.x, millimetres: width }, y: { ...panel.y, millimetres: height } } : panel, x, y));
        const sent = await cell.unit.controls.touch(points.flatMap((point) => [fingersDown([point]), fingersDown([point]), fingersUp([point])]), 30);
        const events = await page.until('all fingers up', patience, (so) => seen(so, 'pointerup', 'touch').length >= places.length);
        assertRigInTime(sent);
        const downs = seen(events, 'pointerdown', 'touch');
        expect(downs.length, 'fingers down in the page').to.equal(places.length);
        const off = downs.map(({ x, y }, index) => distance({ x, y }, inPixels(page, points[index])));
        cell.measure('browser.place.error.px', Math.round(Math.max(...off) * 100) / 100);
        expect(Math.max(...off), `pixels between finger and event; seen ${downs.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} of ${page.width}x${page.height}`).to.be.at.most(tolerance);
        expect(events.filter(({ type }) => type === 'pointercancel'), 'touches that the browser called off').to.deep.equal([]);
      });
    },
    limit,
  );

  feature<HidTouchControls>(
    'browser.ten',
    'ten fingers go down, move and go up as ten touches of the page, each in its place',
    async (cell) => {
      const count = Math.min(10, cell.unit.controls.panel.contacts);
      const steps = 10;
      const start = spreadPoints(count);
      const end = start.map((point) => shifted(point, 0.1, 0.12));
      await using page = await BrowserSurface.open(cell);
      await unlessSlow(cell, async () => {
        await page.take();
        const sent = await cell.unit.controls.touch([fingersDown(start), ...fingersMove(start, 0.1, 0.12, steps), fingersUp(end)], 25);
        const events = await page.until(`${count} fingers up`, patience, (so) => seen(so, 'pointerup', 'touch').length >= count);
        assertRigInTime(sent);
        const downs = seen(events, 'pointerdown', 'touch');
        const ups = seen(events, 'pointerup', 'touch');
        expect([downs.length, ups.length], 'fingers down and up').to.deep.equal([count, count]);
        expect(new Set(downs.map(({ id }) => id)).size, 'pointer ids').to.equal(count);
        expect(mostAtOnce(events), 'fingers down at once').to.equal(count);
        start.forEach((point, finger) => {
          const down = downs.find((event) => distance(event, inPixels(page, point)) <= tolerance);
          expect(down, `a finger down near ${JSON.stringify(inPixels(page, point))}; there are ${downs.map(({ x, y }) => `${x},${y}`).join(' ')}`).to.not.equal(undefined);
          const up = ups.find(({ id }) => id === down?.id);
          expect(up && distance(up, inPixels(page, end[finger])), `pixels from where finger ${finger} went up`).to.be.at.most(tolerance);
        });
        const first = downs[0]?.at ?? 0;
        cell.measure('browser.ten.seconds', Math.round((ups.at(-1)?.at ?? first) - first) / 1000);
      });
      await page.attachPicture('page.png');
    },
    limit,
  );

  feature<HidTouchControls>(
    'browser.tap',
    'a tap is one click, and no click of a mouse beside it',
    async (cell) => {
      const [point = { x: 0.5, y: 0.5 }] = spreadPoints(1);
      await using page = await BrowserSurface.open(cell);
      await unlessSlow(cell, async () => {
        await page.take();
        const sent = await cell.unit.controls.touch([fingersDown([point]), fingersDown([point]), fingersUp([point])], 30);
        const events = await page.until('a click', patience, (so) => so.some(({ type }) => type === 'click'));
        assertRigInTime(sent);
        const later = [...events, ...(await page.take())];
        expect(later.filter(({ type }) => type === 'click').map(({ kind }) => kind), 'clicks').to.deep.equal(['touch']);
        expect(seen(later, 'pointerdown', 'mouse'), 'buttons of a mouse').to.deep.equal([]);
      });
    },
    limit,
  );

  feature<HidTouchControls>(
    'browser.pen',
    "a pen's stroke arrives in the page as a pen, with its pressure",
    async (cell) => {
      const { pen } = cell.unit.controls.panel;
      if (!pen?.hovers || pen.pressureMax === undefined) cell.skip('a panel with a pen that tells its pressure and when it is near');
      const place = { x: 0.4, y: 0.3 };
      const held = (state: Omit<PenState, 'x' | 'y'>, from: PanelPoint = place): readonly PenState[] => Array.from({ length: 8 }, () => ({ ...from, ...state }));
      const to = { x: 0.6, y: 0.55 };
      const states = [...held({}), ...held({ tip: true, pressure: 0.25 }), ...arriving(to).map((point) => ({ ...point, tip: true, pressure: 0.75 })), ...held({}, to), { ...to, inRange: false }];
      await using page = await BrowserSurface.open(cell);
      await unlessSlow(cell, async () => {
        await visit(cell, page, place);
        await cell.unit.controls.pen(states, penInterval);
        const events = await page.until('the pen up', patience, (so) => seen(so, 'pointerup', 'pen').length > 0);
        const downs = seen(events, 'pointerdown', 'pen');
        expect(downs.length, 'pointerdown events of a pen').to.equal(1);
        expect(seen(events, 'pointerdown', 'touch').length + seen(events, 'pointerdown', 'mouse').length, 'pointerdown events of anything else').to.equal(0);
        const drawn = [...downs, ...seen(events, 'pointermove', 'pen')].filter(({ buttons }) => buttons === 1);
        const pressures = drawn.map(({ pressure }) => pressure);
        cell.measure('browser.pen.pressure.highest', Math.max(...pressures));
        // libinput takes the lowest few per cent as no pressure and stretches the rest.
        expect(pressures[0], `pressure at first, of ${pressures.map((value) => value.toFixed(2)).join(' ')}`).to.be.closeTo(0.25, 0.05);
        expect(Math.max(...pressures), 'highest pressure').to.be.closeTo(0.75, 0.05);
        // A busy page may get the last of the way with the lift only.
        const ends = [drawn.at(-1), ...seen(events, 'pointerup', 'pen')].map((event) => distance(event ?? { x: 0, y: 0 }, inPixels(page, to)));
        expect(Math.min(...ends), 'pixels from the end of the stroke').to.be.at.most(2 * tolerance);
      });
    },
    limit,
  );

  feature<HidTouchControls>(
    'browser.eraser',
    "the pen's other end arrives in the page as an eraser",
    async (cell) => {
      const { pen } = cell.unit.controls.panel;
      if (!pen?.eraser) cell.skip('a panel whose pen has an eraser');
      const place = { x: 0.5, y: 0.4, invert: true };
      const states = [...Array.from({ length: 5 }, () => place), ...Array.from({ length: 8 }, () => ({ ...place, eraser: true, pressure: 0.5 })), ...Array.from({ length: 3 }, () => place), { ...place, inRange: false }];
      await using page = await BrowserSurface.open(cell);
      await unlessSlow(cell, async () => {
        await visit(cell, page, place);
        await cell.unit.controls.pen(states, penInterval);
        const events = await page.until('the eraser up', patience, (so) => so.some(({ type }) => type === 'pointerup'));
        expect(seen(events, 'pointerdown', 'pen').map(({ buttons }) => buttons), 'buttons of the pen (32 is the eraser)').to.deep.equal([32]);
      });
    },
    limit,
  );

  feature<HidTouchControls>(
    'browser.palm',
    'while the pen is near, a hand on the panel draws nothing in the page',
    async (cell) => {
      const { pen } = cell.unit.controls.panel;
      if (!pen?.hovers) cell.skip('a panel with a pen that tells when it is near');
      const tip = { x: 0.6, y: 0.5 };
      const hand = handBeside(cell.unit.controls.panel, tip);
      await using page = await BrowserSurface.open(cell);
      await unlessSlow(cell, async () => {
        await visit(cell, page, tip);
        const { controls } = cell.unit;
        const line = (from: number, count: number): readonly PenState[] => Array.from({ length: count }, (_, step) => ({ x: tip.x + (from + step) / 2000, y: tip.y, tip: true, pressure: 0.5 }));
        await controls.pen([tip, tip, tip, ...line(0, 5)], penInterval);
        const before = await page.until('the pen', patience, (so) => seen(so, 'pointerdown', 'pen').length > 0);
        // The pen stays down for as long as the page takes to show it, and the hand comes and goes while it draws.
        await Promise.all([controls.pen(line(5, 20), penInterval), controls.touch([...Array.from({ length: 6 }, () => fingersDown(hand)), fingersUp(hand)], 25)]);
        await controls.pen([...line(25, 4), tip, { ...tip, inRange: false }], penInterval);
        const events = [...before, ...(await page.until('the pen up', patience, (so) => seen(so, 'pointerup', 'pen').length > 0))];
        expect(seen(events, 'pointerdown', 'pen').length, 'pointerdown events of the pen').to.equal(1);
        expect(seen(events, 'pointerdown', 'touch').length, 'touches of the hand in the page').to.equal(0);
      });
    },
    limit,
  );

  feature<HidTouchControls>(
    'browser.replug',
    'unplugged and plugged in again, the panel draws in the same page',
    async (cell) => {
      const [point = { x: 0.5, y: 0.5 }] = spreadPoints(1);
      await cell.unit.unplug();
      forgetNodes(cell);
      BrowserSurface.forget(cell);
      await cell.unit.plug();
      await using page = await BrowserSurface.open(cell);
      await cell.unit.controls.touch([fingersDown([point]), fingersDown([point]), fingersUp([point])], 30);
      const events = await page.until('the finger up', patience, (so) => seen(so, 'pointerup', 'touch').length > 0);
      const [down] = seen(events, 'pointerdown', 'touch');
      expect(down && distance(down, inPixels(page, point)), 'pixels between finger and event').to.be.at.most(tolerance);
    },
    limit,
  );
  feature<HidTouchControls>(
    'browser.screen-mapped',
    'with two screens a touch arrives on the one that the desktop was told',
    async (cell) => {
      await twoScreens(cell);
      await touchesTheScreenOfThePage(cell, false);
    },
    limit,
  );
});

/**
 * The pen comes near and goes, and the page has seen it. Until libinput has seen a pen go it takes 50 ms of silence for that (evdev-tablet.c,
 * forced proximity out), which a slow rig cannot keep; from then on it waits for the pen to say so, and pauses do not matter.
 */
async function visit(cell: CellContext<HidTouchControls>, page: BrowserSurface, place: PenState): Promise<void> {
  const { inRange: _, ...near } = place;
  await cell.unit.controls.pen([near, { ...near, x: near.x + 0.01 }, { ...near, x: near.x + 0.02 }, { ...near, x: near.x + 0.02, inRange: false }], 10);
  await page.until('the pen to come near and go', patience, (so) => seen(so, 'pointerout', 'pen').length > 0 || seen(so, 'pointerleave', 'pen').length > 0);
  await page.take();
}

/** The way to a place, with a hand that is never quite still: libinput gives the mean of the last four places, and none when nothing changes. */
function arriving(to: PanelPoint): readonly PanelPoint[] {
  return [{ x: to.x - 0.1, y: to.y - 0.1 }, ...Array.from({ length: 16 }, (_, step) => ({ x: to.x + (step % 2) / 4000, y: to.y }))];
}

async function twoScreens(cell: CellContext<HidTouchControls>): Promise<void> {
  if ((await desktopScreens(cell)).length < 2) cell.skip('a desktop with two screens');
}

async function touchesTheScreenOfThePage(cell: CellContext<HidTouchControls>, untold: boolean): Promise<void> {
  const places = [{ x: 0.25, y: 0.25 }, { x: 0.75, y: 0.6 }];
  await using page = await BrowserSurface.open(cell, untold);
  await unlessSlow(cell, async () => {
    await page.take();
    const sent = await cell.unit.controls.touch(places.flatMap((place) => [fingersDown([place]), fingersDown([place]), fingersUp([place])]), 30);
    const events = await page.until('two taps', patience, (so) => seen(so, 'pointerup', 'touch').length >= places.length);
    assertRigInTime(sent);
    const downs = seen(events, 'pointerdown', 'touch').map(({ x, y }) => [Math.round(x), Math.round(y)]);
    expect(downs, 'where the page was touched').to.deep.equal(places.map((place) => inPixels(page, place)).map(({ x, y }) => [Math.round(x), Math.round(y)]));
  });
}

function inPixels(page: BrowserSurface, point: PanelPoint = { x: 0, y: 0 }): PanelPoint {
  return { x: point.x * page.width, y: point.y * page.height };
}

function distance(one: PanelPoint, other: PanelPoint): number {
  return Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y));
}

/** Most touches that were down at the same time, by the order of events. */
function mostAtOnce(events: readonly PointerSeen[]): number {
  let most = 0;
  let now = 0;
  for (const { type, kind } of events) {
    if (kind !== 'touch') continue;
    if (type === 'pointerdown') most = Math.max(most, ++now);
    if (type === 'pointerup' || type === 'pointercancel') now--;
  }
  return most;
}
