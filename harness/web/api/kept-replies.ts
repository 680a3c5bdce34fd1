import type { LookupSource } from '../../db/lookup/lookup-source.ts';
import type { Reply } from '../server/reply.ts';

/** Bytes that are kept, of all sources together. */
const mostBytes = 32 * 1024 * 1024;
/** The longest question that an answer is kept for. */
const longestQuestion = 300;
/** What keeping one takes besides its bytes: so that questions which all differ, with short answers, cannot fill the memory. */
const ownCost = 1024;

type KeptReply = Reply & { readonly body: Buffer };

/**
 * Answers of the interface as they are sent, the ones asked for last. A source does not change while it is open, so neither do they. Kept as bytes outside of the heap:
 * the same answers as objects are what the garbage collector of a busy server would spend its time on.
 */
export class KeptReplies {
  /** A number for each source; answers of one that is gone are no longer asked for, and so the first to go. */
  readonly #sources = new WeakMap<LookupSource, number>();
  #count = 0;
  readonly #replies = new Map<string, KeptReply>();
  #bytes = 0;

  /** The answer to a question, made if it is not kept. @throws what `make` throws; that is not kept */
  get(source: LookupSource, question: string, make: () => Reply): Reply {
    if (question.length > longestQuestion) return make();
    let number = this.#sources.get(source);
    if (number === undefined) this.#sources.set(source, (number = this.#count += 1));
    const key = `${number} ${question}`;
    const known = this.#replies.get(key);
    if (known === undefined) return this.#keep(key, make());
    this.#replies.delete(key);
    this.#replies.set(key, known);
    return known;
  }

  #keep(key: string, made: Reply): Reply {
    // Not of the pool that small buffers share: there a kept one holds the memory of its neighbours that are gone.
    const body = Buffer.allocUnsafeSlow(Buffer.byteLength(made.body));
    if (typeof made.body === 'string') body.write(made.body);
    else body.set(made.body);
    const reply: KeptReply = { ...made, body };
    this.#replies.set(key, reply);
    this.#bytes += costOf(key, reply);
    for (const [oldest, each] of this.#replies) {
      if (this.#bytes <= mostBytes) break;
      this.#replies.delete(oldest);
      this.#bytes -= costOf(oldest, each);
    }
    return reply;
  }
}

function costOf(key: string, { body }: KeptReply): number {
  return ownCost + 2 * key.length + body.length;
}
