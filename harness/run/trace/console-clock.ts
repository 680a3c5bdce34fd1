import { statSync, watch, type FSWatcher } from 'node:fs';
import type { Trace } from './cell-trace-file.ts';

/** Milliseconds in which the growth of the console is one line of the trace. */
const step = 25;

/** Notes how long the serial console's file was when it grew, so that its lines have a time. A file that cannot be watched costs just that. */
export class ConsoleClock implements Disposable {
  readonly #file: string;
  readonly #trace: Trace;
  #watcher: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #seen = -1;

  constructor(file: string, trace: Trace) {
    this.#file = file;
    this.#trace = trace;
    this.#look();
    try {
      this.#watcher = watch(file, { persistent: false }, () => {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#look();
        }, step).unref();
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
  }

  #look(): void {
    const bytes = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes === this.#seen) return;
    this.#seen = bytes;
    this.#trace({ kind: 'console', bytes });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#watcher?.close();
    this.#look();
  }
}
