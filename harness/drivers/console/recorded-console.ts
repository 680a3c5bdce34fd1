import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { ConsoleLink, ConsoleStream } from '../../capabilities/console-link.ts';
import type { ConsoleLine, MachineConsole } from '../../capabilities/machine-console.ts';
import { TimedLines } from './timed-lines.ts';

export interface RecordingLimits {
  /** Most bytes of the file; 64 MiB by default. What comes after is counted, and the last lines are kept for its end. */
  readonly file?: number;
  /** Milliseconds of silence after which a line without an end is given out; 500 by default. */
  readonly prompt?: number;
}

const tailLimit = 200;
const backlogLimit = 4 * 2 ** 20;

/**
 * A console over any link: each line goes to a file as `[   12.345] text`, in seconds since `start`. A link that breaks is made again, every
 * quarter of a second at first and every five seconds at last, and the gap is written down as a line of our own: `[   12.345] -- text`.
 */
export class RecordedConsole implements MachineConsole {
  state: 'connected' | 'lost' = 'lost';
  readonly #link: ConsoleLink;
  readonly #limits: Required<RecordingLimits>;
  readonly #listeners = new Set<(line: ConsoleLine) => void>();
  readonly #lines = new TimedLines();
  readonly #over = new AbortController();
  readonly #tail: string[] = [];
  #file: FileHandle | undefined;
  #stream: ConsoleStream | undefined;
  #started = 0;
  #written = 0;
  #unkept = 0;
  #backlog = 0;
  #writing: Promise<void> = Promise.resolve();
  #flusher: NodeJS.Timeout | undefined;
  #reconnecting: Promise<void> = Promise.resolve();

  constructor(link: ConsoleLink, limits: RecordingLimits = {}) {
    this.#link = link;
    this.#limits = { file: 64 * 2 ** 20, prompt: 500, ...limits };
  }

  async start(file: string, deadline: Deadline): Promise<void> {
    if (this.#file !== undefined || this.#over.signal.aborted) throw new HwlabError({ code: 'console-started', blame: 'harness', message: `the console of ${this.#link.name} is started once` });
    try {
      this.#file = await open(file, 'wx', 0o600);
    } catch (cause) {
      throw new HwlabError({ code: 'console-unavailable', blame: 'lab', message: `the console's file ${file} cannot be made`, cause });
    }
    this.#started = performance.now();
    this.#keep(`# console of ${this.#link.name} since ${new Date().toISOString()}; seconds since then; lines with -- are hwlab's`);
    await this.#connect(deadline);
  }

  onLine(listener: (line: ConsoleLine) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async send(text: string, deadline: Deadline): Promise<void> {
    await this.#connected().write(Buffer.from(text), deadline);
  }

  async sendBreak(deadline: Deadline): Promise<void> {
    await this.#connected().sendBreak(deadline);
  }

  /** Ends the link and completes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    await this.#reconnecting;
    await this.#stream?.close().catch(() => undefined);
    this.state = 'lost';
    this.#flush();
    if (this.#file === undefined) return;
    if (this.#unkept > 0) this.#append(`\n# the console was cut here: ${this.#unkept} lines are not kept; the last ones follow\n${this.#tail.join('\n')}\n`);
    await this.#writing;
    await this.#file.close();
  }

  #connected(): ConsoleStream {
    if (this.#stream !== undefined && this.state === 'connected') return this.#stream;
    throw new HwlabError({ code: 'console-lost', blame: 'lab', retryable: true, message: `there is no link to the console of ${this.#link.name}` });
  }

  async #connect(deadline: Deadline): Promise<void> {
    let open_ = true;
    let lost: string | undefined;
    const stream = await this.#link.connect(
      {
        data: (bytes) => {
          if (open_ && bytes.length > 0) this.#take(bytes);
        },
        lost: (why) => {
          lost ??= why;
          if (!open_ || this.#stream === undefined) return;
          open_ = false;
          this.#reconnecting = this.#reconnect(why);
        },
      },
      deadline,
    );
    this.#stream = stream;
    this.state = 'connected';
    if (lost !== undefined && open_) {
      open_ = false;
      this.#reconnecting = this.#reconnect(lost);
    }
  }

  async #reconnect(why: string): Promise<void> {
    if (this.#over.signal.aborted) return;
    const since = performance.now();
    const gone = this.#stream;
    this.state = 'lost';
    this.#stream = undefined;
    this.#flush();
    this.#note(`console lost: ${why}`);
    await gone?.close().catch(() => undefined);
    for (let pause = 250; !this.#over.signal.aborted; pause = Math.min(5000, pause * 2)) {
      try {
        await this.#connect(Deadline.after(20_000, this.#over.signal));
        this.#note(`console back after ${((performance.now() - since) / 1000).toFixed(1)} s; what was printed in between is missing`);
        return;
      } catch (error) {
        if (error instanceof HwlabError && error.code === 'console-refused') return this.#note(`console refused, not tried again: ${messageOf(error)}`);
        await delay(pause, undefined, { signal: this.#over.signal }).catch(() => undefined);
      }
    }
  }

  #now(): number {
    return performance.now() - this.#started;
  }

  #take(bytes: Uint8Array): void {
    for (const line of this.#lines.add(bytes, this.#now())) this.#emit({ ...line, from: 'console' });
    clearTimeout(this.#flusher);
    this.#flusher = setTimeout(() => this.#flush(), this.#limits.prompt);
    this.#flusher.unref();
  }

  #flush(): void {
    clearTimeout(this.#flusher);
    for (const line of this.#lines.flush()) this.#emit({ ...line, from: 'console' });
  }

  #note(text: string): void {
    this.#emit({ at: this.#now(), text, from: 'note' });
  }

  #emit(line: ConsoleLine): void {
    this.#keep(`[${(line.at / 1000).toFixed(3).padStart(9)}] ${line.from === 'note' ? '-- ' : ''}${line.text}`);
    for (const listener of this.#listeners) listener(line);
  }

  #keep(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > tailLimit) this.#tail.shift();
    const size = Buffer.byteLength(line) + 1;
    if (this.#written + size > this.#limits.file || this.#backlog > backlogLimit) {
      this.#unkept += 1;
      return;
    }
    this.#written += size;
    this.#append(`${line}\n`);
  }

  #append(text: string): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#backlog += text.length;
    this.#writing = this.#writing
      .then(async () => file.appendFile(text))
      .catch(() => void (this.#unkept += 1))
      .finally(() => (this.#backlog -= text.length));
  }
}
