import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { cacheFolder } from '../base/places.ts';
import type { Shell } from '../capabilities/shell.ts';

/** What is asked of a system that does not get ready, each into a file; the newest end of it where it is long. */
const questions = {
  'journal.txt': 'journalctl -b -q --no-pager -n 400 -o short-monotonic 2>&1 || dmesg | tail -n 400',
  'processes.txt': 'uptime; ps -eo pid,etimes,time,rss,stat,args --sort=-time 2>&1 | cut -c1-300 | head -n 60',
} as const;
const mostBytes = 256 * 1024;
/** Milliseconds for each look at a system that may not answer at all. */
const patience = 20_000;

export interface NeverReadyScene {
  /** Folder name: image and profile. One that was there is replaced. */
  readonly name: string;
  readonly shell: Pick<Shell, 'run'>;
  readonly screens: number;
  readonly screenshot: (file: string, screen: number, deadline: Deadline) => Promise<unknown>;
}

/**
 * Keeps what can be seen of a system whose first boot never came to the state that its image's record names: the machine is gone a moment later, and
 * nobody could tell what it hung on. What cannot be had is left out. Gives the error again, with the folder in its advice; as it was where nothing can be kept
 * (a full disk).
 */
export async function keepNeverReady(error: HwlabError, scene: NeverReadyScene): Promise<HwlabError> {
  const folder = join(cacheFolder(), 'never-ready', scene.name);
  try {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let screen = 0; screen < scene.screens; screen++) await scene.screenshot(join(folder, `screen-${screen + 1}.png`), screen, Deadline.after(patience)).catch(() => undefined);
    for (const [file, command] of Object.entries(questions)) {
      const said = await scene.shell.run(command, { deadline: Deadline.after(patience), maxOutput: mostBytes, accept: [0, 1] }).catch((failure: unknown) => ({ stdout: `it did not answer: ${String(failure)}\n` }));
      await writeFile(join(folder, file), said.stdout, { mode: 0o600 });
    }
  } catch {
    return error;
  }
  return new HwlabError({ code: error.code, blame: error.blame, retryable: error.retryable, message: error.message, advice: `look at what its screens and its journal showed: ${folder}`, facts: { ...error.facts, kept: folder }, cause: error });
}
