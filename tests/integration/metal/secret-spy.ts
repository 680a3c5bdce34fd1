import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Looks at the arguments of all processes, which anybody may read, as often as it can, for a word. */
export function processSpy(word: string): Disposable & { seen(): readonly string[] } {
  const found = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid)) continue;
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
