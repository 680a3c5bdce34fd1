import { deviceWord } from '../../db/cell-device.ts';
import type { CellId } from '../../db/generated/result.ts';
import type { NightEvents, NightInfo } from '../night-events.ts';
import { oneLine, spokenSeconds } from './paint.ts';

interface Running {
  readonly cell: CellId;
  readonly since: number;
  readonly attempt: number;
  phase: string;
  test: string | undefined;
}

/** What a night is doing now, as lines for a person. Holds the state; knows no terminal. */
export class NightProgress {
  night: NightInfo | undefined;
  done = 0;
  total = 0;
  secondsLeft = 0;
  #step = '';
  readonly #running = new Map<number, Running>();
  readonly #now: () => number;
  #leftSaidAt: number;
  readonly #startedAt: number;

  /** `now`: milliseconds, rising. */
  constructor(now: () => number) {
    this.#now = now;
    this.#startedAt = now();
    this.#leftSaidAt = now();
  }

  started({ night, estimateSeconds }: NightEvents['night-started']): void {
    this.night = night;
    this.total = night.cells.length;
    this.#setLeft(estimateSeconds);
    this.#step = '';
  }

  preparing({ step }: NightEvents['preparing']): void {
    this.#step = oneLine(step, 160);
  }

  cellStarted({ cell, slot, attempt }: NightEvents['cell-started']): void {
    this.#step = '';
    this.#running.set(slot, { cell, since: this.#now(), attempt, phase: 'start', test: undefined });
  }

  cellPhase({ cell, phase, detail }: NightEvents['cell-phase']): void {
    const running = this.#of(cell);
    if (!running) return;
    running.phase = detail ? `${phase}: ${oneLine(detail, 80)}` : phase;
    running.test = undefined;
  }

  testStarted({ cell, title }: NightEvents['test-started']): void {
    const running = this.#of(cell);
    if (running) running.test = oneLine(title, 100);
  }

  cellFinished({ cell, done, total, secondsLeft }: NightEvents['cell-finished']): void {
    for (const [slot, running] of this.#running) if (running.cell.id === cell.id) this.#running.delete(slot);
    this.done = done;
    this.total = total;
    this.#setLeft(secondsLeft);
  }

  /** A line a slot and one for the whole. */
  lines(): readonly string[] {
    const slots = [...this.#running].sort(([a], [b]) => a - b).map(([slot, running]) => `  slot ${slot}  ${this.describe(running)}`);
    return [...slots, this.#wholeLine()];
  }

  /** One line for where there is no terminal: that it is still at work, and on what. */
  heartbeat(): string {
    const running = [...this.#running.values()].map((item) => this.describe(item));
    return `${this.#wholeLine().trim()}${running.length > 0 ? `; running: ${running.join('; ')}` : ''}`;
  }

  private describe(running: Running): string {
    const seconds = ((this.#now() - running.since) / 1000).toFixed(0);
    return `${running.cell.suite} ${deviceWord(running.cell)} on ${running.cell.image}${running.attempt > 1 ? ` (attempt ${running.attempt})` : ''} · ${running.test ?? running.phase} · ${seconds} s`;
  }

  #wholeLine(): string {
    const elapsed = spokenSeconds((this.#now() - this.#startedAt) / 1000);
    if (!this.night) return `  preparing${this.#step ? `: ${this.#step}` : ''} · ${elapsed}`;
    const left = Math.round(this.secondsLeft - (this.#now() - this.#leftSaidAt) / 1000);
    const estimate = left >= 1 ? `about ${spokenSeconds(left).replace('.0', '')} left` : `${spokenSeconds(1 - left).replace('.0', '')} longer than estimated`;
    const filled = this.total === 0 ? 0 : Math.round((this.done / this.total) * 20);
    const step = this.#step ? ` · ${this.#step}` : this.done < this.total ? ` · ${estimate}` : '';
    return `  ${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${this.done}/${this.total} cells · ${elapsed}${step}`;
  }

  #setLeft(seconds: number): void {
    this.secondsLeft = seconds;
    this.#leftSaidAt = this.#now();
  }

  #of(cell: CellId): Running | undefined {
    return [...this.#running.values()].find((running) => running.cell.id === cell.id);
  }
}
