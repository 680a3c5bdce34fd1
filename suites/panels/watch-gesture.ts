import type { CellContext, HidTouchControls, Sent, TouchFrame } from '../../harness/index.ts';
import { assertControllerAsked } from './controller-asked.ts';
import { parseEvents, snapshotsOf, type InputEvent, type TouchSnapshot } from './evdev-events.ts';
import { assertRigInTime, listenEvdev } from './listen.ts';
import { touchNode } from './panel-nodes.ts';
import { unlessSlow } from './unless-slow.ts';

/** A gesture and when all of it has arrived. */
export interface Gesture {
  readonly frames: readonly TouchFrame[];
  /** Stands in Contact Count instead of the number of contacts. */
  readonly contactCount?: number;
  readonly left?: boolean;
  /** What is waited for, and how it shows in the snapshots of the contacts. */
  readonly until: string;
  readonly enough: (snapshots: readonly TouchSnapshot[], events: readonly InputEvent[]) => boolean;
}

export interface Watched {
  readonly events: readonly InputEvent[];
  readonly snapshots: readonly TouchSnapshot[];
  readonly sent: Sent;
}

/**
 * Makes a gesture on the panel and looks at what the kernel tells programs of it. A gesture that came late through the rig's fault is made
 * again; `prove` asserts on what arrived in the end.
 */
export async function watchGesture(cell: CellContext<HidTouchControls>, gesture: Gesture, prove: (watched: Watched) => void): Promise<void> {
  const node = await touchNode(cell);
  await unlessSlow(cell, async () => {
    await using listener = await listenEvdev(cell, node);
    const { contactCount, left } = gesture;
    const sent = await cell.unit.controls.touch(gesture.frames, undefined, { ...(contactCount === undefined ? {} : { contactCount }), ...(left === undefined ? {} : { left }) });
    const seen = (text: string): Watched => {
      const events = parseEvents(text);
      return { events, snapshots: snapshotsOf(events), sent };
    };
    await listener.until(gesture.until, 5, (text) => {
      const { snapshots, events } = seen(text);
      return gesture.enough(snapshots, events);
    });
    await listener.end();
    await assertControllerAsked(cell, sent);
    assertRigInTime(sent);
    prove(seen(listener.text));
  });
}

/** Contacts down in each snapshot. */
export function contactsDown(snapshots: readonly TouchSnapshot[]): readonly number[] {
  return snapshots.map(({ slots }) => slots.size);
}
