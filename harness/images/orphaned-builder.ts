import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bootId, startOf } from '../base/process-identity.ts';

const fileName = 'builder.json';

/** Notes in a draft which process group works on it, for whoever finds the draft after hwlab was killed. */
export function noteBuilder(draft: string, leader: number): void {
  writeFileSync(join(draft, fileName), JSON.stringify({ pid: leader, started: startOf(leader), boot: bootId() }));
}

/** Ends the tool that still works on a draft although the hwlab that started it is gone; its number must belong to the same process still. */
export async function endOrphanedBuilder(draft: string): Promise<void> {
  const noted = await readFile(join(draft, fileName), 'utf8').then((text) => JSON.parse(text) as { pid?: number; started?: string; boot?: string }, () => undefined);
  if (noted?.pid === undefined || noted.started === undefined || noted.boot !== bootId() || startOf(noted.pid) !== noted.started) return;
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (let tries = 0; tries < 50; tries += 1) {
      try {
        process.kill(-noted.pid, tries === 0 ? signal : 0);
      } catch {
        return;
      }
      await delay(100);
    }
  }
}
