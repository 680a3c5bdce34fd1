import { deviceWord } from '../db/cell-device.ts';
import { Durations } from '../run/estimate.ts';
import type { Cell } from '../run/cell.ts';
import { ResultStore } from '../db/result-store.ts';
import { defaultSlots, firstGuess } from '../run/start-night.ts';
import { printTable } from './print-table.ts';

/** Prints the cells of a plan and how long they should take, from earlier results. */
export async function printDryRun(asked: { readonly cells: readonly Cell[]; readonly plan: string; readonly database: string; readonly slots?: number; readonly json: boolean }): Promise<void> {
  const durations = new Durations(firstGuess.tcg);
  for await (const result of ResultStore.open(asked.database).results({}, () => undefined)) durations.learn(result);
  const slots = asked.slots ?? defaultSlots();
  const seconds = durations.left(asked.cells.map((cell) => cell.id), slots);
  if (asked.json) {
    const cells = asked.cells.map((cell) => ({ ...cell.id, seconds: Math.round(durations.secondsOf(cell.id)) }));
    process.stdout.write(`${JSON.stringify({ plan: asked.plan, slots, estimateSeconds: seconds, cells }, null, 2)}\n`);
    return;
  }
  printTable(
    asked.cells.map((cell) => ({ '#': String(cell.number), image: cell.id.image, machine: cell.id.machine, device: deviceWord(cell.id), suite: cell.id.suite, seconds: `~${Math.round(durations.secondsOf(cell.id))}` })),
    false,
  );
  process.stdout.write(`\n${asked.cells.length} cells of plan ${asked.plan} in ${slots} slots: about ${seconds} s, set-up not counted. Nothing was run.\n`);
}
