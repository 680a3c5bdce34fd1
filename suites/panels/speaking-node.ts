import { expect, fingersDown, fingersUp, type CellContext, type HidTouchControls } from '../../harness/index.ts';
import { GuestListener } from './guest-listener.ts';
import { polled } from './listen.ts';
import type { PanelNode } from './panel-nodes.ts';

const nodePath = /^\/dev\/input\/event\d+$/;

/**
 * Which of several nodes carries the touches of fingers, or the strokes of the pen: the kernel makes one for each report of some panels (SMART 0b8c:0092 has one of styluses beside that of
 * fingers), and neither their order nor their names tell. All are opened, the tool touches the panel once, and the node that speaks is the one.
 * @throws AssertionError when none of them says a word, or several do
 */
export async function speakingNode(cell: CellContext<HidTouchControls>, candidates: readonly PanelNode[], tool: 'finger' | 'pen'): Promise<PanelNode> {
  const paths = candidates.map(({ path }) => path).filter((path) => nodePath.test(path));
  const opens = paths.map((path, index) => `exec ${index + 3}<${path}`).join('; ');
  const says = paths.map((path, index) => `{ head -c 24 <&${index + 3} >/dev/null && echo "speaks ${path}"; } &`).join(' ');
  await using listener = await GuestListener.start(cell, `bash -c '${opens}; echo open; ${says} wait'`, /^open$/m);
  await polled(cell);
  const spoke = (text: string): string[] => [...text.matchAll(/^speaks (\S+)$/gm)].map((match) => match[1] ?? '');
  const middle = { x: 0.5, y: 0.5 };
  if (tool === 'pen') await cell.unit.controls.pen([{ ...middle, tip: true, pressure: 0.5 }, { ...middle, tip: false, inRange: false }]);
  else await cell.unit.controls.touch([fingersDown([middle]), fingersUp([middle])]);
  await listener.until('a node to speak of a touch', 10, (text) => spoke(text).length > 0);
  const speaking = candidates.filter(({ path }) => spoke(listener.text).includes(path));
  const [only] = speaking;
  if (only === undefined || speaking.length > 1) {
    expect.fail(`of ${candidates.length} nodes for a ${tool} ${speaking.length} speak of a touch: ${candidates.map(({ path, name }) => `${path} "${name}"`).join(', ')}`);
  }
  return only;
}
