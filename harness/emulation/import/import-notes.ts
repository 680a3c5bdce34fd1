import { HwlabError, type ErrorFacts } from '../../base/hwlab-error.ts';
import { visible } from '../../wire/capture/capture-error.ts';

/** What an import says beside the model; every line is for people. */
export class ImportNotes {
  readonly #assumptions = new Set<string>();
  readonly #unserved = new Set<string>();

  /** Something that the captures do not say, or say in a way that cannot be used as it is. */
  assume(what: string): void {
    this.#assumptions.add(visible(what));
  }

  /** Something that the device has and the emulator does not do. */
  cannotServe(what: string): void {
    this.#unserved.add(visible(what));
  }

  get assumptions(): readonly string[] {
    return [...this.#assumptions];
  }

  get unserved(): readonly string[] {
    return [...this.#unserved];
  }
}

/** An import that ends without a model although the captures can be read. */
export function refusal(code: string, message: string, advice?: string, facts: ErrorFacts = {}): HwlabError {
  return new HwlabError({ code, blame: 'usage', message: visible(message), ...(advice === undefined ? {} : { advice }), facts });
}
