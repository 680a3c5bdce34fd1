import { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { Power } from '../../capabilities/power.ts';
import type { Lab } from '../inventory/lab.ts';
import { wiringOf } from '../inventory/wiring-of.ts';
import { checkMachine } from './check-machine.ts';
import { appendHealth, healthFile, readHealth } from './health-log.ts';
import type { HealthRecord } from './health-record.ts';
import { healthOf, isUsable } from './health-state.ts';

const checkTakes = 20_000;

/** The small checks of one machine around the cells of a night, each a line of its history, and what they say of whether it may be used. */
export class CellChecks {
  readonly #lab: Lab;
  readonly #subject: string;
  readonly #power: Pick<Power, 'state'>;
  readonly #file: string;

  /** @param subject `machine/laptop-7` */
  constructor(lab: Lab, subject: string, power: Pick<Power, 'state'>, file: string = healthFile()) {
    this.#lab = lab;
    this.#subject = subject;
    this.#power = power;
    this.#file = file;
  }

  /** Once a night, before its first cell. Never throws. */
  async nightly(): Promise<void> {
    await this.#check('nightly', undefined);
  }

  /**
   * Before a cell. A clean check is what brings a machine back, so one in quarantine is looked at, too.
   * Whose history cannot be read or written is not used: nobody would know that it is in quarantine, or put it there.
   * @throws HwlabError lab `machine-quarantined`, `part-quarantined`, `health-not-kept`, or `machine-not-ready` with what the check met, which may be tried again
   */
  async before(run: string): Promise<void> {
    const { record, problem } = await this.#check('before', run);
    const history = problem === undefined ? await readHealth(this.#file).catch((error: unknown) => new Error(messageOf(error))) : problem;
    if (history instanceof Error) throw new HwlabError({ code: 'health-not-kept', blame: 'lab', message: `whether ${this.#subject} may be used cannot be told: its history ${this.#file} cannot be kept: ${history.message}`, advice: 'make room on that disk, and see that the file is ours and may be written', cause: history });
    const standing = healthOf(history, wiringOf(this.#lab), Date.now()).find(({ subject }) => subject === this.#subject);
    const advice = `./hwlab lab history ${this.#subject.slice(this.#subject.indexOf('/') + 1)}`;
    if (standing?.blockedBy !== undefined) throw new HwlabError({ code: 'part-quarantined', blame: 'lab', message: `${this.#subject} hangs on ${standing.blockedBy}, which is in quarantine`, advice });
    if (standing && !isUsable(standing)) {
      const more = standing.cleanNeeded > 0 ? `; it needs ${standing.cleanNeeded} more clean check${standing.cleanNeeded === 1 ? '' : 's'}` : '';
      throw new HwlabError({ code: 'machine-quarantined', blame: 'lab', message: `${this.#subject} is in quarantine: ${standing.why}${more}`, advice });
    }
    if (record.outcome === 'failed') throw new HwlabError({ code: 'machine-not-ready', blame: 'lab', retryable: true, message: `${this.#subject} failed its check: ${record.message ?? record.code ?? ''}`, advice });
  }

  /** After a cell: it must be off again. What its start met counts too, where that was the bench's fault. Never throws. */
  async after(run: string, met?: unknown): Promise<void> {
    if (met instanceof HwlabError && isOfTheBench(met)) await this.#keep({ at: new Date().toISOString(), subject: this.#subject, when: 'after', run, outcome: 'failed', code: met.code, message: met.message });
    else await this.#check('after', run);
  }

  async #check(when: HealthRecord['when'], run: string | undefined): Promise<{ readonly record: HealthRecord; readonly problem: Error | undefined }> {
    const expected = when === 'after' ? ({ expected: 'off' } as const) : {};
    const record = await checkMachine(this.#subject, { power: this.#power, ...expected }, Deadline.after(checkTakes), { when, ...(run === undefined ? {} : { run }) }, new Date());
    return { record, problem: await this.#keep(record) };
  }

  /** Says why where it cannot be written: the next cell must not begin then, but this one need not end for it. */
  async #keep(record: HealthRecord): Promise<Error | undefined> {
    try {
      await appendHealth(record, this.#file);
      return undefined;
    } catch (error) {
      process.stderr.write(`hwlab: the check of ${this.#subject} could not be written down: ${messageOf(error)}\n`);
      return new Error(messageOf(error));
    }
  }
}

/** A start that failed by what the machine, its wires or its controller did: a verdict of the boot, with its evidence, or its power. */
function isOfTheBench({ blame, code, facts }: HwlabError): boolean {
  return blame === 'lab' && (code.startsWith('power-') || 'evidence' in facts);
}
