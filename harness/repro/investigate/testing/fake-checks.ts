import type { InvestigationCheck } from '../../../db/generated/investigations.ts';
import type { Checks } from '../investigate.ts';
import type { CheckKind } from '../judge.ts';

/** Answers that a test sets, instead of a guest's. */
export class FakeChecks implements Checks {
  readonly ran: CheckKind[] = [];
  readonly #answers: Readonly<Partial<Record<CheckKind, InvestigationCheck['answer']>>>;

  constructor(answers: Readonly<Partial<Record<CheckKind, InvestigationCheck['answer']>>>) {
    this.#answers = answers;
  }

  async run(check: CheckKind): Promise<InvestigationCheck> {
    this.ran.push(check);
    return Promise.resolve({ check, on: `another ${check}`, answer: this.#answers[check] ?? 'not done', result: `20261122-031500-fake-${String(this.ran.length).padStart(3, '0')}` });
  }
}
