import type { LookupSource } from '../../db/lookup/lookup-source.ts';
import type { Reply } from '../server/reply.ts';

/** Bytes of answers that are kept for a source, and the longest question that one is kept for. */
const mostBytes = 32 * 1024 * 1024;
const longestQuestion = 300;

/**
 * Answers of the interface as they are sent, the ones asked for last. A source does not change while it is open, so neither do they. Kept as bytes outside of the heap:
 * the same answers as objects are what the garbage collector of a busy server would spend its time on.
 */
export class KeptReplies {
  readonly #bySource = new WeakMap<LookupSource, Kept>();

  /** The answer to a question, made if it is not kept. @throws what `make` throws; that is not kept */
  get(source: LookupSource, question: string, make: () => Reply): Reply {
    if (question.length > longestQuestion) return make();
    let kept = this.#bySource.get(source);
    if (kept === undefined) this.#bySource.set(source, (kept = new Kept()));
    return kept.get(question, make);
  }
}

class Kept {
  readonly #replies = new Map<string, Reply & { readonly body: Buffer }>();
  #bytes = 0;

  get(question: string, make: () => Reply): Reply {
    const known = this.#replies.get(question);
    if (known !== undefined) {
      this.#replies.delete(question);
      this.#replies.set(question, known);
      return known;
    }
    const made = make();
    const reply = { ...made, body: Buffer.from(made.body) };
    this.#replies.set(question, reply);
    this.#bytes += reply.body.length;
    for (const [oldest, { body }] of this.#replies) {
      if (this.#bytes <= mostBytes) break;
      this.#replies.delete(oldest);
      this.#bytes -= body.length;
    }
    return reply;
  }
}
