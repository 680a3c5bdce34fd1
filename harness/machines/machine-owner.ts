import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootId, startOf } from '../base/process-identity.ts';

/** Who made a domain or a folder. A process id alone is used again, so its start and the host's boot belong to it. */
export interface MachineOwner {
  readonly runId: string;
  readonly pid: number;
  /** Start of the process, clock ticks since the boot of the host. */
  readonly started: string;
  readonly boot: string;
}

export function thisOwner(runId: string): MachineOwner {
  return { runId, pid: process.pid, started: startOf(process.pid) ?? '', boot: bootId() };
}

export function ownerLives(owner: MachineOwner): boolean {
  return owner.boot === bootId() && owner.started !== '' && startOf(owner.pid) === owner.started;
}

const fileName = 'owner.json';

export async function writeOwner(folder: string, owner: MachineOwner): Promise<void> {
  await writeFile(join(folder, fileName), JSON.stringify(owner), { mode: 0o600 });
}

/** undefined if the folder has no readable owner. */
export async function readOwner(folder: string): Promise<MachineOwner | undefined> {
  try {
    const owner = JSON.parse(await readFile(join(folder, fileName), 'utf8')) as Partial<MachineOwner>;
    if (typeof owner.runId !== 'string' || typeof owner.pid !== 'number' || typeof owner.started !== 'string' || typeof owner.boot !== 'string') return undefined;
    return { runId: owner.runId, pid: owner.pid, started: owner.started, boot: owner.boot };
  } catch {
    return undefined;
  }
}
