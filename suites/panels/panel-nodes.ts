import { HwlabError, type CellContext, type HidTouchControls, type PluggedUnit } from '../../harness/index.ts';
import { speakingNode } from './speaking-node.ts';

/** An input device that the guest made of the panel. */
export interface PanelNode {
  /** `/dev/input/event4` */
  readonly path: string;
  readonly driver: string;
  readonly name: string;
  /** Bits of INPUT_PROP_*. */
  readonly inputProperties: bigint;
  /** Bits of ABS_*. */
  readonly axes: bigint;
  readonly udev: Readonly<Record<string, string>>;
}

/** ABS_MT_POSITION_X (linux/input-event-codes.h). */
const multitouchAxis = 1n << 53n;
/** A desktop that starts a browser at the same time keeps udev waiting. */
const seconds = 20;
/** Where it was not there in that time, the next test looks once more, and does not wait for it again. */
const secondsAfter = 2;

const known = new WeakMap<PluggedUnit<unknown>, Map<string, { nodes: Promise<FoundNodes>; failed: boolean }>>();

interface FoundNodes {
  readonly node: PanelNode;
  /** All input devices that the guest made of the panel. */
  readonly all: readonly PanelNode[];
}

/** The node that carries the panel's touches. Waits until the guest has made it; a good answer holds for the rest of the cell. */
export async function touchNode(cell: CellContext<HidTouchControls>): Promise<PanelNode> {
  return (await findTouchNode(cell)).node;
}

/** All input devices of the panel, once the one for touches is there. */
export async function panelNodes(cell: CellContext<HidTouchControls>): Promise<readonly PanelNode[]> {
  return (await findTouchNode(cell)).all;
}

/** The node that carries the pen. Skips where the panel has none. */
export async function penNode(cell: CellContext<HidTouchControls>): Promise<PanelNode> {
  if (!cell.unit.controls.panel.pen) cell.skip('a panel with a pen');
  return (await find(cell, 'an input device for the pen', (node) => node.udev['ID_INPUT_TABLET'] === '1', 'pen')).node;
}

/** Forgets what is known, when the panel is unplugged. */
export function forgetNodes(cell: CellContext<HidTouchControls>): void {
  known.delete(cell.unit);
}

async function findTouchNode(cell: CellContext<HidTouchControls>): Promise<FoundNodes> {
  return await find(cell, 'an input device with multitouch axes', (node) => (node.axes & multitouchAxis) !== 0n, 'finger');
}

type Tool = 'finger' | 'pen';

async function find(cell: CellContext<HidTouchControls>, what: string, wanted: (node: PanelNode) => boolean, tool: Tool): Promise<FoundNodes> {
  const answers = known.get(cell.unit) ?? new Map<string, { nodes: Promise<FoundNodes>; failed: boolean }>();
  known.set(cell.unit, answers);
  const before = answers.get(what);
  if (before && !before.failed) return await before.nodes;
  const answer = { nodes: search(cell, what, wanted, tool, before ? secondsAfter : seconds), failed: false };
  answers.set(what, answer);
  try {
    return await answer.nodes;
  } catch (error) {
    answer.failed = true;
    throw error;
  }
}

async function search(cell: CellContext<HidTouchControls>, what: string, wanted: (node: PanelNode) => boolean, tool: Tool, within: number): Promise<FoundNodes> {
  const sysfs = await cell.unit.sysfs();
  const { nodes, all } = await cell.waitFor(
    what,
    async () => {
      const all = await lookForNodes(cell, sysfs);
      // Until udev is done with a node, programs do not see it and its properties are missing.
      const nodes = all.filter(wanted);
      return nodes.length > 0 && nodes.every(isDone) ? { value: { nodes: nodes.map(checked), all } } : { saw: all.map((seen) => `${seen.path} "${seen.name}" by ${seen.driver}${isDone(seen) ? '' : ', udev is not done with it'}`).join('; ') || 'no input device of the panel' };
    },
    within,
  );
  const [first] = nodes;
  return { node: first !== undefined && nodes.length === 1 ? first : await speakingNode(cell, nodes, tool), all };
}

function isDone(node: PanelNode): boolean {
  return node.udev['USEC_INITIALIZED'] !== undefined;
}

async function lookForNodes(cell: CellContext<HidTouchControls>, sysfs: string): Promise<readonly PanelNode[]> {
  // Modules may still be loading when udev has settled, so "no node yet" is an answer.
  const { stdout } = await cell.guest.run(`udevadm settle -t 5; for e in ${sysfs}/*:*/*/input/input*/event*; do [ -e "$e" ] || continue
i=\${e%/event*}; h=\${i%/input/*}; n=/dev/input/\${e##*/}; d=$(readlink $h/driver)
echo "NODE $n"; echo "DRIVER \${d##*/}"; read -r v <$i/name; echo "NAME $v"; read -r v <$i/properties; echo "PROPERTIES $v"; read -r v <$i/capabilities/abs; echo "AXES $v"
udevadm info -q property -n $n; done`);
  return stdout.split(/^NODE /m).slice(1).map(parseNode);
}

function parseNode(text: string): PanelNode {
  const field = (name: string): string => new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]?.trim() ?? '';
  const udev = Object.fromEntries([...text.matchAll(/^([A-Z0-9_]+)=(.*)$/gm)].map((match) => [match[1] ?? '', match[2] ?? '']));
  return { path: text.split('\n')[0]?.trim() ?? '', driver: field('DRIVER'), name: field('NAME'), inputProperties: mask(field('PROPERTIES')), axes: mask(field('AXES')), udev };
}

/** The kernel prints bit masks as hex words of 64 bits, highest first. */
function mask(words: string): bigint {
  return words.split(' ').reduce((bits, word) => (bits << 64n) | BigInt(/^[0-9a-f]{1,16}$/.test(word) ? `0x${word}` : 0), 0n);
}

/** The path goes into command lines. */
function checked(node: PanelNode): PanelNode {
  if (!/^\/dev\/input\/event\d+$/.test(node.path)) throw new HwlabError({ code: 'strange-node', blame: 'product', message: `the guest names its input device "${node.path}"` });
  return node;
}
