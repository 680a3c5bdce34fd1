import { HwlabError, type CellContext } from '../../harness/index.ts';

const most = 3 * 1024 * 1024;

/** A command in the guest that prints what it sees until it is ended. */
export class GuestListener implements AsyncDisposable {
  readonly #cell: CellContext<unknown>;
  #text = '';
  #pid: string | undefined;
  #ended = false;
  #failure: unknown;
  #running: Promise<void> = Promise.resolve();

  private constructor(cell: CellContext<unknown>) {
    this.#cell = cell;
  }

  /** Starts `command`, in whose text `ready` says that it listens. The guest itself ends it after two minutes. */
  static async start(cell: CellContext<unknown>, command: string, ready: RegExp): Promise<GuestListener> {
    const listener = new GuestListener(cell);
    listener.#running = cell.guest
      .run(`{ timeout 120 stdbuf -oL ${command}; } 2>&1 & echo "listener $!"; wait $!; exit 0`, {
        onStdout: (text) => {
          if (listener.#text.length < most) listener.#text += text;
        },
      })
      .then(
        () => undefined,
        (error: unknown) => {
          listener.#failure = error;
        },
      )
      .finally(() => {
        listener.#ended = true;
      });
    listener.#pid = await cell.waitFor(
      `"${command}" to listen`,
      () => {
        const pid = /^listener (\d+)$/m.exec(listener.#text)?.[1];
        if (pid !== undefined && ready.test(listener.#text)) return { value: pid };
        if (listener.#failure !== undefined) throw listener.#failure;
        if (listener.#ended) throw new HwlabError({ code: 'listener-ended', blame: 'product', message: `in the guest, "${command}" ended: ${listener.text.trim().slice(-500)}` });
        return { saw: listener.#text.trim().slice(-200) || 'nothing printed' };
      },
      20,
    );
    return listener;
  }

  /** All it has printed, without our own line. */
  get text(): string {
    return this.#text.replace(/^listener \d+\n/m, '');
  }

  /** Waits until `enough` says so, at most `seconds`; then the caller asserts on what there is. */
  async until(what: string, seconds: number, enough: (text: string) => boolean): Promise<void> {
    await this.#cell
      .waitFor(what, () => (this.#ended || enough(this.text) ? { value: true } : { saw: this.#text.slice(-200) }), seconds)
      .catch((error: unknown) => {
        if (!(error instanceof HwlabError) || error.code !== 'not-ready') throw error;
      });
  }

  /** Ends the command; its text stays. */
  async end(): Promise<void> {
    // The whole group that timeout(1) has made: a process of a pipe that stays behind would hold the channel open.
    if (!this.#ended && this.#pid !== undefined) await this.#cell.guest.run(`for p in ${this.#pid} $(pgrep -P ${this.#pid}); do kill -TERM -$p; kill $p; done 2>/dev/null; true`);
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end().catch(() => undefined);
  }
}
