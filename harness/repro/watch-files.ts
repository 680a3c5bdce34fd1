import { watch, type FSWatcher } from 'node:fs';

/** What editors leave beside a file while they save it. */
const passing = /(^|\/)(\.|#|4913$)|~$|\.sw[px]$|\.tmp$/;

/**
 * Waits for the next save below the folders and gives the path of the file, relative to its folder; several saves that follow each other within `quiet`
 * milliseconds are one. undefined when `signal` aborts.
 */
export async function nextSave(folders: readonly string[], signal: AbortSignal, quiet = 150): Promise<string | undefined> {
  const done = Promise.withResolvers<string | undefined>();
  const watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => done.resolve(undefined);
  try {
    for (const folder of folders) {
      const watcher = watch(folder, { recursive: true, persistent: true }, (_event, name) => {
        if (name === null || passing.test(name)) return;
        clearTimeout(timer);
        timer = setTimeout(() => done.resolve(name), quiet);
      });
      watcher.on('error', (error) => done.reject(error));
      watchers.push(watcher);
    }
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    return await done.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    for (const watcher of watchers) watcher.close();
  }
}
