import type { CellContext, HidTouchControls } from '../../harness/index.ts';
import { readEvents, type InputEvent } from './evdev-events.ts';
import { GuestListener } from './guest-listener.ts';
import { polled } from './listen.ts';
import type { PanelNode } from './panel-nodes.ts';

const file = '/run/hwlab-events';

/**
 * Records the events of a node into the guest's memory, for more events than can be sent out while they come: evdev keeps only eight
 * frames for a reader, so the reader has real-time priority and does nothing but read.
 */
export async function recordEvdev(cell: CellContext<HidTouchControls>, node: PanelNode): Promise<GuestListener> {
  const listener = await GuestListener.start(cell, `sh -c 'rm -f ${file}; exec <${node.path} && echo open && exec chrt -f 20 cat >${file}'`, /^open$/m);
  await polled(cell);
  return listener;
}

/** What was recorded. Waits at most ten seconds for BTN_TOUCH 0, the last lift. */
export async function recordedEvents(cell: CellContext<HidTouchControls>): Promise<readonly InputEvent[]> {
  await cell.guest.run(`for i in $(seq 50); do tail -c 480 ${file} | od -An -v -w24 -tx8 | grep -q ' 00000000014a0001$' && break; sleep 0.2; done`);
  return readEvents(await cell.guest.getFile(file));
}
