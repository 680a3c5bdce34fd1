import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { replaceSynced } from '../../db/durable-file.ts';
import { violationsOf } from '../../db/parse-data.ts';
import type { Bisect } from '../../db/generated/bisect.ts';
import type { Experiment, Subject, Trial } from './experiment.ts';

const largest = 16 * 2 ** 20;

/**
 * The runs of a bisection, on disk after each of them. The same bisection again asks the same questions in the same order, so that it gets its answers from
 * here until it comes to one that was never asked: that is how one goes on that was interrupted.
 */
export class TrialJournal implements Experiment {
  readonly file: string;
  /** Runs that were answered from the file. */
  stored = 0;
  /** Runs that were made. */
  made = 0;
  readonly #experiment: Experiment;
  readonly #waiting: Map<string, Bisect['trials'][number][]>;
  #record: Bisect;

  private constructor(file: string, record: Bisect, experiment: Experiment) {
    this.file = file;
    this.#record = record;
    this.#experiment = experiment;
    this.#waiting = new Map(Map.groupBy(record.trials, ({ key }) => key));
  }

  /**
   * @param asked what is asked; a file that holds another question is refused
   * @param fresh forget what is on disk
   * @throws HwlabError usage `bisect-invalid` for a file that cannot be read as one
   */
  static async open(file: string, asked: Omit<Bisect, 'schema' | 'trials'>, experiment: Experiment, fresh = false): Promise<TrialJournal> {
    const empty: Bisect = { schema: 'hwlab/bisect/1', ...asked, trials: [] };
    const there = fresh ? undefined : await readRecord(file);
    if (there && there.id !== asked.id) throw invalid(file, `it holds the bisection ${there.id}, not ${asked.id}`);
    await mkdir(dirname(file), { recursive: true });
    return new TrialJournal(file, there ?? empty, experiment);
  }

  /** @throws what the experiment throws; what was done before is kept */
  async run(subject: Subject): Promise<Trial> {
    const before = this.#waiting.get(subject.key)?.shift();
    if (before) {
      this.stored += 1;
      const { key: _key, label: _label, ...trial } = before;
      return trial;
    }
    const trial = await this.#experiment.run(subject);
    this.made += 1;
    await this.#write({ ...this.#record, trials: [...this.#record.trials, { key: subject.key, label: subject.label, ...trial }] });
    return trial;
  }

  /** Keeps the answer beside the runs. */
  async answer(found: NonNullable<Bisect['answer']>): Promise<void> {
    await this.#write({ ...this.#record, answer: found });
  }

  async #write(record: Bisect): Promise<void> {
    const [wrong] = violationsOf(record, 'bisect');
    if (wrong) throw new HwlabError({ code: 'bisect-invalid', blame: 'harness', message: `bisection at /${wrong.path.join('/')}: expected ${wrong.expected}, found ${wrong.found}` });
    this.#record = record;
    await replaceSynced(this.file, `${JSON.stringify(record, undefined, 2)}\n`);
  }
}

async function readRecord(file: string): Promise<Bisect | undefined> {
  let text: Buffer;
  try {
    text = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if (text.length > largest) throw invalid(file, 'it is larger than one can be');
  let value: unknown;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch {
    throw invalid(file, 'it is no JSON');
  }
  const [wrong] = violationsOf(value, 'bisect');
  if (wrong) throw invalid(file, `at /${wrong.path.join('/')} expected ${wrong.expected}, found ${wrong.found}`);
  return value as Bisect;
}

function invalid(file: string, why: string): HwlabError {
  return new HwlabError({ code: 'bisect-invalid', blame: 'usage', message: `${file} is no bisection to go on with: ${why}`, advice: 'begin anew with --fresh' });
}
