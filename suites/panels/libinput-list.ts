import type { CellContext, HidTouchControls, PluggedUnit } from '../../harness/index.ts';
import { complaintsIn } from './libinput-events.ts';
import { panelNodes } from './panel-nodes.ts';

/** A block of `libinput list-devices`. */
export interface LibinputDevice {
  readonly kernel: string;
  readonly capabilities: readonly string[];
  /** `1425x799mm`, empty where libinput does not know it. */
  readonly size: string;
}

export interface LibinputList {
  readonly devices: readonly LibinputDevice[];
  /** What libinput printed against the panel's devices. */
  readonly complaints: readonly string[];
}

const known = new WeakMap<PluggedUnit<unknown>, Promise<LibinputList>>();

/** What libinput says of all devices; asked once a cell, for it opens each of them. */
export async function libinputList(cell: CellContext<HidTouchControls>): Promise<LibinputList> {
  const nodes = await panelNodes(cell);
  let answer = known.get(cell.unit);
  if (!answer) {
    answer = cell.guest.run('libinput list-devices 2>&1').then(({ stdout }) => ({ devices: parse(stdout), complaints: complaintsIn(stdout, nodes) }));
    known.set(cell.unit, answer);
  }
  return await answer;
}

function parse(text: string): readonly LibinputDevice[] {
  return text
    .split(/^(?=Device:)/m)
    .slice(1)
    .map((block) => {
      const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(block)?.[1]?.trim() ?? '';
      return { kernel: field('Kernel'), capabilities: field('Capabilities').split(/\s+/), size: field('Size') };
    });
}
