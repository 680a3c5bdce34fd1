import { deviceWord } from '../db/cell-device.ts';
import type { CellId } from '../db/generated/result.ts';

/** The one that `hwlab run` takes by itself. */
const defaultMachine = 'vm-basic';

/** A word for a POSIX shell: bare if it is plain, in single quotes otherwise. Control characters become spaces, so that what is copied is one line. */
export function shellWord(text: string): string {
  // eslint-disable-next-line no-control-regex
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(line)) return line;
  if (/^[^"$`\\!]*$/.test(line)) return `"${line}"`;
  return `'${line.replaceAll("'", `'\\''`)}'`;
}

/** The command that runs this cell again, or one test of it. */
export function rerunCommand(cell: CellId, testTitle?: string): string {
  const words = ['./hwlab', 'run', '--image', cell.image, '--device', deviceWord(cell), '--suite', cell.suite];
  if (cell.machine !== defaultMachine) words.push('--machine', cell.machine);
  if (cell.transport !== undefined) words.push('--transport', cell.transport);
  if (testTitle !== undefined) words.push('--test', testTitle);
  return words.map(shellWord).join(' ');
}
