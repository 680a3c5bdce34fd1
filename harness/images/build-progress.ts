/** Takes one short line for people. */
export type Progress = (line: string) => void;

/** The steps of a build with their usual seconds on 2 cores; tells what runs, what is left and an estimate. */
export class BuildProgress implements Disposable {
  readonly #steps: readonly (readonly [name: string, seconds: number])[];
  readonly #say: Progress;
  readonly #started = performance.now();
  #stepStarted = performance.now();
  #current = -1;
  readonly #beat: NodeJS.Timeout;

  constructor(steps: readonly (readonly [name: string, seconds: number])[], say: Progress) {
    this.#steps = steps;
    this.#say = say;
    this.#beat = setInterval(() => this.#tell(), 15_000);
    this.#beat.unref();
  }

  /** Goes on to a step; steps already passed are not gone back to. */
  step(name: string): void {
    const index = this.#steps.findIndex(([known]) => known === name);
    if (index <= this.#current) return;
    this.#current = index;
    this.#stepStarted = performance.now();
    this.#tell();
  }

  #tell(): void {
    const current = this.#steps[this.#current];
    if (!current) return;
    const running = Math.round((performance.now() - this.#stepStarted) / 1000);
    this.#say(`[${this.#current + 1}/${this.#steps.length}] ${current[0]}${running > 0 ? ` (${running} s so far)` : ''}, about ${this.secondsLeft()} s left`);
  }

  /** Seconds left by the usual times, stretched when this host has been slower than usual so far. */
  secondsLeft(): number {
    const sum = (from: number, to: number): number => this.#steps.slice(from, to).reduce((total, [, seconds]) => total + seconds, 0);
    const done = sum(0, this.#current);
    const elapsed = (this.#stepStarted - this.#started) / 1000;
    const stretch = done > 5 ? Math.min(10, Math.max(0.5, elapsed / done)) : 1;
    const running = (performance.now() - this.#stepStarted) / 1000;
    const own = (this.#steps[this.#current]?.[1] ?? 0) * stretch;
    return Math.max(1, Math.round(Math.max(own - running, 1) + sum(this.#current + 1, this.#steps.length) * stretch));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#beat);
  }
}
