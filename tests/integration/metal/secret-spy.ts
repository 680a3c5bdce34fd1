import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A process has its last arguments long before it was looked at so often: what runs for an hour is not read all that time. */
const mostLooks = 50;

/** Looks at the arguments of all processes, which anybody may read, from their begin and every 20 ms, for a word. */
export function processSpy(word: string): Disposable & { seen(): readonly string[] } {
  const found = new Set<string>();
  let looks = new Map<string, number>();
  const look = (): void => {
    const before = looks;
    looks = new Map();
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
      const count = (before.get(pid) ?? 0) + 1;
      looks.set(pid, Math.min(count, mostLooks + 1));
      if (count > mostLooks) continue;
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        if (line.includes(word)) found.add(line.replaceAll('\0', ' ').slice(0, 200));
      } catch {
        // It has ended.
      }
    }
  };
  const timer = setInterval(look, 20);
  return { seen: () => [...found], [Symbol.dispose]: () => clearInterval(timer) };
}

/** Files below a folder that hold a word, but the one that the secret is kept in and the configuration of the simulated controller. */
export function filesWith(folder: string, word: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name !== 'bmc-password' && !name.startsWith('bmc/') && statSync(join(folder, name)).isFile() && readFileSync(join(folder, name)).includes(word));
}
