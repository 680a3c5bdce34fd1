import { expect, type CellContext, type HidTouchControls, type Sent, type TouchFrame } from '../../harness/index.ts';
import { evdev, snapshotsOf, type TouchSnapshot } from './evdev-events.ts';
import { assertControllerAsked } from './controller-asked.ts';
import { assertRigInTime } from './listen.ts';
import type { PanelNode } from './panel-nodes.ts';
import { recordEvdev, recordedEvents } from './record-evdev.ts';

/** What was played on a panel, and what came of it. */
export interface Played {
  readonly sent: Sent;
  readonly snapshots: readonly TouchSnapshot[];
  /** Milliseconds of the guest's clock, one a snapshot. */
  readonly times: readonly number[];
}

/** evdev's buffer holds so many frames of all fingers (Linux, drivers/input/evdev.c, EVDEV_BUF_PACKETS). */
const framesInBuffer = 8;

/**
 * Plays frames on the panel, `interval` milliseconds apart, while evdev is recorded: its buffer must not run over. A rig that was silent for as
 * long as the buffer lasts is to blame itself.
 * @throws AssertionError, or HwlabError `rig-too-slow`
 */
export async function playRecorded(cell: CellContext<HidTouchControls>, node: PanelNode, frames: readonly TouchFrame[], interval: number): Promise<Played> {
  await using listener = await recordEvdev(cell, node);
  const sent = await cell.unit.controls.touch(frames, interval);
  const events = await recordedEvents(cell);
  await listener.end();
  await assertControllerAsked(cell, sent);
  const snapshots = snapshotsOf(events);
  const times = snapshots.map(({ time }) => time);
  const dropped = events.filter(({ type, code }) => type === evdev.syn && code === evdev.synDropped).length;
  if (dropped > 0) assertRigInTime(sent, times, framesInBuffer * interval);
  expect(dropped, 'SYN_DROPPED: times that the buffer of evdev ran over').to.equal(0);
  return { sent, snapshots, times };
}
