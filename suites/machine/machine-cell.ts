import { expect, type BuiltInParts, type CellContext } from '../../harness/index.ts';
import { devicesOf, listCommand, readDevices, type BusDevice } from './read-parts.ts';

export type MachineCell = CellContext<BuiltInParts>;

/** Everything on the buses of the machine, kept with the result. */
export async function busDevices(cell: MachineCell): Promise<readonly BusDevice[]> {
  const { stdout } = await cell.guest.run(listCommand);
  await cell.attach('devices', stdout, 'text/tab-separated-values');
  return readDevices(stdout);
}

/** Skips where the machine has no such part, and fails where its model, or the profile that a virtual machine was made by, says that it has one. */
export function needPart(cell: MachineCell, part: BuiltInParts['parts'][number], found: boolean): void {
  if (found) return;
  expect([...cell.unit.controls.parts, ...cell.guest.facts.parts], `${cell.unit.model.name} on ${cell.guest.facts.machine} has ${part} and the system finds none`).not.to.include(part);
  cell.skip(`a machine with ${part}`);
}

/** The devices of the machine that are this part; all of them are driven, or it is a failure. */
export async function drivenPart(cell: MachineCell, part: Parameters<typeof devicesOf>[0]): Promise<readonly BusDevice[]> {
  const found = devicesOf(part, await busDevices(cell));
  needPart(cell, part, found.length > 0);
  for (const { name, modalias, driver, candidates } of found) expect(driver, `driver of ${part} ${name} (${modalias}); modules of the image that claim it: ${candidates.join(', ') || 'none'}`).not.to.equal('');
  return found;
}

/** Lines of a command's output, without empty ones. */
export function linesOf(text: string): readonly string[] {
  return text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
}
