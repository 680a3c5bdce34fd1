import { HwlabError, type CellContext, type HidTouchControls, type Sent } from '../../harness/index.ts';
import { GuestListener } from './guest-listener.ts';
import type { PanelNode } from './panel-nodes.ts';

/** Reads the events of a node as the kernel gives them. Ready when the node is open and the driver polls the panel. */
export async function listenEvdev(cell: CellContext<HidTouchControls>, node: PanelNode): Promise<GuestListener> {
  const listener = await GuestListener.start(cell, `sh -c 'exec <${node.path} && echo open && exec od -An -v -w24 -tx8'`, /^open$/m);
  await polled(cell);
  return listener;
}

/** Reads what libinput makes of a node; of all devices without one. */
export async function listenLibinput(cell: CellContext<HidTouchControls>, node: PanelNode, all = false): Promise<GuestListener> {
  const event = node.path.slice('/dev/input/'.length);
  const listener = await GuestListener.start(cell, `libinput debug-events${all ? '' : ` --device ${node.path}`}`, new RegExp(`^-?\\s*${event}\\s+DEVICE_ADDED`, 'm'));
  await polled(cell);
  return listener;
}

/** Waits until reports that are sent from now on arrive. */
export async function polled(cell: CellContext<HidTouchControls>): Promise<void> {
  await cell.waitFor('the driver to poll the panel', () => (cell.unit.controls.polled ? { value: true } : { saw: 'no interrupt transfer asked for' }), 10);
}

/** Milliseconds between two frames after which the kernel may lift contacts by itself (hid-multitouch, sticky fingers: 100 ms). */
export const tooLong = 90;

/**
 * Frames that came late make the kernel lift the fingers, which is right of it: then the rig was too slow and nothing is known of the
 * product. `guestTimes` are the times of the frames in the guest, in milliseconds, to be given if all of them arrived; without the last lift,
 * which the kernel does by itself after 100 ms when the panel never tells it: that would be the panel's fault.
 */
export function assertRigInTime(sent: Sent, guestTimes: readonly number[] = [], most: number = tooLong): void {
  const inGuest = longestGap(guestTimes);
  const longest = Math.max(sent.longestGap, inGuest);
  if (longest < most) return;
  throw new HwlabError({
    code: 'rig-too-slow',
    blame: 'lab',
    retryable: true,
    message: `the rig was too slow for touches: two frames were ${Math.round(longest)} ms apart, where ${most} ms is the most at which a result says something of the product`,
    advice: 'run fewer slots at a time on this station, or use hardware virtualisation',
    facts: { sentGapMs: sent.longestGap, guestGapMs: Math.round(inGuest) },
  });
}

/** The longest time between two neighbours. */
export function longestGap(times: readonly number[]): number {
  return times.slice(1).reduce((longest, time, index) => Math.max(longest, time - (times[index] ?? time)), 0);
}
