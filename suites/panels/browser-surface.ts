import { fingersDown, fingersUp, openGuestPage, type CellContext, type GuestPage, type HidTouchControls } from '../../harness/index.ts';
import { desktopHasPanel, desktopScreens, mapInputs, unmapInputs } from './desktop-screens.ts';
import { polled } from './listen.ts';
import { touchNode } from './panel-nodes.ts';

/** Where the desktop's browser lets itself be asked, on the guest's loopback. */
const debuggingPort = 9222;
const surface = 'surface.html';
/** Seconds for the desktop to take the panel, and for the browser to hear of it. */
const patience = 15;

/** Panels that have reached the page since they were plugged in. */
const seeing = new WeakSet<CellContext<HidTouchControls>['unit']>();

/** One pointer event as the page saw it (W3C Pointer Events 3). */
export interface PointerSeen {
  readonly type: 'pointerdown' | 'pointermove' | 'pointerup' | 'pointercancel' | 'pointerover' | 'pointerout' | 'pointerleave' | 'click' | 'contextmenu';
  /** Milliseconds since the page was opened. */
  readonly at: number;
  readonly id: number;
  readonly kind: 'touch' | 'pen' | 'mouse';
  /** CSS pixels from the upper left corner of the page. */
  readonly x: number;
  readonly y: number;
  readonly pressure: number;
  readonly tiltX: number;
  readonly tiltY: number;
  /** 1 contact, 2 barrel button, 32 eraser. */
  readonly buttons: number;
}

/** The page that the desktop of the image shows in full screen, ready for a gesture: the panel is known to the kernel and somebody reads it. */
export class BrowserSurface implements AsyncDisposable {
  readonly width: number;
  readonly height: number;
  readonly #cell: CellContext<HidTouchControls>;
  readonly #page: GuestPage;
  readonly #ends: AsyncDisposable;

  private constructor(cell: CellContext<HidTouchControls>, page: GuestPage, ends: AsyncDisposable, size: readonly [number, number]) {
    this.#cell = cell;
    this.#page = page;
    this.#ends = ends;
    [this.width, this.height] = size;
  }

  /**
   * Skips on a machine without a display. With several screens the desktop is told that the panel belongs to that of the page, unless
   * `untold`: what it does by itself has a test of its own, and the others are not about that.
   */
  static async open(cell: CellContext<HidTouchControls>, untold = false): Promise<BrowserSurface> {
    const screens = await desktopScreens(cell);
    if (untold) await unmapInputs(cell);
    else if (screens.length > 1) await mapInputs(cell, screens[0] ?? '');
    await touchNode(cell);
    if (screens.length > 0) await desktopHasPanel(cell, patience);
    await polled(cell);
    const port = await cell.guest.forward(debuggingPort);
    const page = await openGuestPage(port.port, surface, cell.deadline);
    const size = await page.ask<readonly [number, number]>('[innerWidth, innerHeight]', cell.deadline);
    const surfacePage = new BrowserSurface(cell, page, port, size);
    await surfacePage.#seesTouches();
    await surfacePage.take();
    return surfacePage;
  }

  /**
   * Taps until the page sees a finger: the browser hears of the panel from the desktop, and what is touched before that is lost on it. A
   * page that never sees one is still asked to show the gesture of the test.
   */
  async #seesTouches(): Promise<void> {
    if (seeing.has(this.#cell.unit)) return;
    let taps = 0;
    let last: PointerSeen | undefined;
    await this.#cell
      .waitFor(
        'the page to see a finger',
        async () => {
          // One half or the other is on the screen of the page, also where a panel is spread over two; a finger that is on its way is waited for.
          const place = { x: taps % 2 === 0 ? 0.3 : 0.7, y: 0.5 };
          if (last === undefined) {
            await this.#cell.unit.controls.touch([fingersDown([place]), fingersDown([place]), fingersUp([place])], 20);
            taps++;
          }
          const events = (await this.take()).filter(({ kind }) => kind === 'touch');
          last = events.at(-1) ?? last;
          return events.some(({ type }) => type === 'pointerup') ? { value: true } : { saw: `after ${taps} taps ${JSON.stringify(last ?? 'no event of a finger')}` };
        },
        patience,
      )
      .catch(notReady);
    seeing.add(this.#cell.unit);
  }

  /** To be said before the panel is unplugged: the page has to see it anew. */
  static forget(cell: CellContext<HidTouchControls>): void {
    seeing.delete(cell.unit);
  }

  get browser(): string {
    return this.#page.browser;
  }

  /** Pointer events since the last call, oldest first; touch events of the older interface are left out. */
  async take(): Promise<readonly PointerSeen[]> {
    return await this.#page.ask<readonly PointerSeen[]>("surfaceEvents.splice(0).filter((event) => !event.type.startsWith('touch'))", this.#cell.deadline);
  }

  /** Takes events until `enough` says so or `seconds` are over; then the caller asserts on what there is. */
  async until(what: string, seconds: number, enough: (events: readonly PointerSeen[]) => boolean): Promise<readonly PointerSeen[]> {
    const all: PointerSeen[] = [];
    await this.#cell
      .waitFor(
        what,
        async () => {
          all.push(...(await this.take()));
          return enough(all) ? { value: true } : { saw: `${all.length} events, the last: ${JSON.stringify(all.at(-1) ?? 'none')}` };
        },
        seconds,
      )
      .catch(notReady);
    return all;
  }

  async attachPicture(name: string): Promise<void> {
    await this.#cell.attach(name, await this.#page.screenshot(this.#cell.deadline), 'image/png');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled([this.#page[Symbol.asyncDispose]()]);
    await this.#ends[Symbol.asyncDispose]();
  }
}

/** For waits after which the caller judges what there is. */
function notReady(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'not-ready') throw error;
}

/** Events of one type and kind. */
export function seen(events: readonly PointerSeen[], type: PointerSeen['type'], kind: PointerSeen['kind']): readonly PointerSeen[] {
  return events.filter((event) => event.type === type && event.kind === kind);
}
