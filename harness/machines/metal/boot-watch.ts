import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { ConsoleLine, MachineConsole } from '../../capabilities/machine-console.ts';
import type { Power } from '../../capabilities/power.ts';
import type { ArmedRun } from '../../drivers/netboot/boot-server.ts';
import type { Dnsmasq } from '../../drivers/netboot/dnsmasq.ts';
import { awaitGreeting } from '../../drivers/ssh/await-greeting.ts';
import type { BootEvidence, BootPatience, BootVerdict, SshAttempt } from './boot-evidence.ts';
import { classifyBoot } from './classify-boot.ts';

export interface BootWatchParts {
  readonly id: string;
  readonly mac: string;
  readonly goal: BootEvidence['goal'];
  readonly power: Power;
  readonly console?: MachineConsole;
  readonly run: ArmedRun;
  readonly dhcp: Pick<Dnsmasq, 'events'>;
  readonly patience: BootPatience;
  /** Where the evidence of a start that failed is kept, for the unit tests of tomorrow and the reader of today. */
  readonly keep?: (evidence: BootEvidence) => void;
}

const mostLines = 20_000;
const lookEvery = 500;
const readPowerEvery = 5000;
const linkMayBreakFor = 10_000;

/** Gathers what is seen of a start, from before the power comes on, and ends it as soon as it shows that it fails. */
export class BootWatch {
  readonly #parts: BootWatchParts;
  readonly #lines: Pick<ConsoleLine, 'at' | 'text'>[] = [];
  readonly #power: { at: number; state: 'on' | 'off' | 'unknown' }[] = [];
  readonly #ssh: SshAttempt[] = [];
  readonly #trouble = new AbortController();
  readonly #ended = new AbortController();
  readonly #from = performance.now();
  #poweredAt = 0;
  #lostAt: number | undefined;
  #working: Promise<void> | undefined;

  constructor(parts: BootWatchParts) {
    this.#parts = parts;
    parts.console?.onLine(({ text, from }) => {
      if (from !== 'console') return;
      // Of a machine that floods its console the begin and the end are kept: a panic is the last that it says.
      if (this.#lines.length >= mostLines) this.#lines.splice(mostLines / 2, 1);
      this.#lines.push({ at: performance.now(), text });
    });
  }

  /** Aborts, with the HwlabError of the verdict, when the start has failed. */
  get trouble(): AbortSignal {
    return this.#trouble.signal;
  }

  /** Milliseconds of performance.now() of the first line that matches. */
  seen(pattern: RegExp): number | undefined {
    return this.#lines.find(({ text }) => pattern.test(text))?.at;
  }

  /** The power was read back as on: from now on it is judged. */
  powered(): void {
    this.#poweredAt = performance.now();
    this.#working = this.#look();
  }

  evidence(): BootEvidence {
    const { goal, console, run, dhcp, mac } = this.#parts;
    return {
      now: performance.now(),
      goal,
      poweredAt: this.#poweredAt,
      power: [...this.#power],
      console: console === undefined ? 'none' : this.#isLost(console) ? 'lost' : 'connected',
      lines: [...this.#lines],
      dhcp: dhcp.events.filter((event) => event.mac === mac && event.at >= this.#from),
      requests: [...run.requests],
      transfers: run.transfers(),
      ssh: [...this.#ssh],
    };
  }

  /** A link that breaks is made again; only one that stays away counts. */
  #isLost({ state }: MachineConsole): boolean {
    if (state !== 'lost') this.#lostAt = undefined;
    else this.#lostAt ??= performance.now();
    return this.#lostAt !== undefined && performance.now() - this.#lostAt > linkMayBreakFor;
  }

  /** The last lines of the console. */
  tail(lines: number): string {
    return this.#lines.slice(-lines).map(({ text }) => text).join('\n').slice(-65_536);
  }

  /** Waits until something speaks SSH at the address; what it met on the way is evidence. */
  async greeting(host: string, port: number, deadline: Deadline): Promise<void> {
    const limited = deadline.alsoUntil(this.#trouble.signal);
    for (;;) {
      limited.check(`waiting for SSH on ${this.#parts.id}`);
      try {
        (await awaitGreeting(host, port, 5000, limited.signal)).destroy();
        this.#ssh.push({ at: performance.now(), outcome: 'greeted' });
        return;
      } catch (error) {
        this.#ssh.push({ at: performance.now(), outcome: (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'refused' : 'silent' });
      }
      await delay(lookEvery, undefined, { signal: limited.signal }).catch(() => undefined);
    }
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await this.#working;
  }

  async #look(): Promise<void> {
    let readAt = performance.now();
    while (!this.#ended.signal.aborted) {
      if (performance.now() - readAt > readPowerEvery) {
        readAt = performance.now();
        const state = await this.#parts.power.state(Deadline.after(10_000, this.#ended.signal)).catch(() => 'unknown' as const);
        this.#power.push({ at: performance.now(), state });
        if (this.#power.length > 1000) this.#power.shift();
      }
      const evidence = this.evidence();
      const verdict = classifyBoot(evidence, this.#parts.patience);
      if (verdict) {
        this.#parts.keep?.(evidence);
        this.#trouble.abort(bootError(this.#parts.id, verdict));
        return;
      }
      await delay(lookEvery, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }
}

export function bootError(id: string, verdict: BootVerdict): HwlabError {
  return new HwlabError({
    code: verdict.code,
    blame: verdict.blame,
    retryable: verdict.retryable,
    message: `${id}: ${verdict.message}`,
    ...(verdict.advice === undefined ? {} : { advice: verdict.advice }),
    facts: { evidence: verdict.evidence.map((line) => line.slice(0, 500)) },
  });
}
