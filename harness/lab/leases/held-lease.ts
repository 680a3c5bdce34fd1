import { setTimeout as delay } from 'node:timers/promises';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { randomId } from '../../base/random-id.ts';
import type { Lease, LeasedResource, LeaseRequest, Obstacle, ResourceName } from './lease.ts';
import type { LeaseBook } from './lease-book.ts';
import { beatEvery } from './lease-life.ts';

/** Proof that a resource is still ours; a driver checks it right before it does what cannot be undone. */
export interface ResourceFence {
  readonly resource: ResourceName;
  readonly token: number;
  /** @throws HwlabError lab `lease-lost` when somebody else may have it by now */
  check(): Promise<void>;
}

export interface TakeOptions {
  /** How long to stand in line. */
  readonly deadline: Deadline;
  /** Brings a resource that was left in an unknown state into a known one, before the lease is handed over. */
  readonly cleanse: (resource: LeasedResource, fence: ResourceFence) => Promise<void>;
  /** Called whenever those that are waited for change. */
  readonly onWait?: (obstacles: readonly Obstacle[]) => void;
  /** Milliseconds between looks at the line. */
  readonly lookEvery?: number;
}

/**
 * Waits for all resources of the request, takes them at once, and brings those into a known state that were left in none. While it is held it says every ten
 * seconds that the holder lives.
 * @throws HwlabError lab `lease-held` when the deadline comes first; what `cleanse` throws, and then nothing is held and the resource stays dirty
 */
export async function takeLease(book: LeaseBook, request: LeaseRequest, options: TakeOptions): Promise<HeldLease> {
  const waiter = randomId(10);
  let told = '';
  try {
    for (;;) {
      const answer = book.acquire(request, waiter);
      if (answer.granted) return await cleansed(new HeldLease(book, answer.lease), options);
      const words = JSON.stringify(answer.obstacles);
      if (words !== told) options.onWait?.(answer.obstacles);
      told = words;
      if (options.deadline.expired) throw leaseHeld(request, answer.obstacles);
      await delay(Math.min(options.lookEvery ?? 500, Math.max(1, options.deadline.remaining)), undefined, { signal: options.deadline.signal }).catch(() => undefined);
    }
  } finally {
    book.leave(waiter);
  }
}

async function cleansed(held: HeldLease, { cleanse }: TakeOptions): Promise<HeldLease> {
  try {
    for (const resource of held.lease.resources.filter(({ dirty }) => dirty)) await cleanse(resource, held.fence(resource.name));
    return held;
  } catch (error) {
    held.release([]);
    throw error;
  }
}

/** A lease of this process. Disposed without `release` it leaves everything dirty. */
export class HeldLease implements AsyncDisposable {
  readonly lease: Lease;
  /** Aborts when the lease is lost, with the reason. */
  readonly lost: AbortSignal;
  readonly #book: LeaseBook;
  readonly #timer: NodeJS.Timeout;

  constructor(book: LeaseBook, lease: Lease, every: number = beatEvery) {
    this.lease = lease;
    this.#book = book;
    const controller = new AbortController();
    this.lost = controller.signal;
    this.#timer = setInterval(() => {
      try {
        book.beat(lease.id);
      } catch (error) {
        clearInterval(this.#timer);
        controller.abort(error);
      }
    }, every);
    this.#timer.unref();
  }

  /** @throws HwlabError harness `not-leased` for a resource that is not part of this lease */
  fence(resource: ResourceName): ResourceFence {
    const part = this.lease.resources.find(({ name }) => name === resource);
    if (!part) throw new HwlabError({ code: 'not-leased', blame: 'harness', message: `${resource} is not part of lease ${this.lease.id}` });
    return fenceOf(this.#book, this.lease.id, part);
  }

  /** Gives everything back; what is not in `clean` counts as left in an unknown state. */
  release(clean: readonly ResourceName[]): void {
    clearInterval(this.#timer);
    this.#book.release(this.lease.id, clean);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release([]);
    return Promise.resolve();
  }
}

/** The fence of a resource that is held under a lease of any process, for example a person's reservation. */
export function fenceOf(book: LeaseBook, lease: string, { name, token }: Pick<LeasedResource, 'name' | 'token'>): ResourceFence {
  return {
    resource: name,
    token,
    check: async () => {
      book.check(lease, name, token);
      return Promise.resolve();
    },
  };
}

/** `laptop-7: held by anna (person: looks at the sound) until 2026-11-22 18:00 UTC` */
export function obstacleLine({ resource, because, holder, class: name, purpose, at }: Obstacle): string {
  const when = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return because === 'held' ? `${resource} is held by ${holder} (${name}: ${purpose}) until ${when}` : `${holder} (${name}: ${purpose}) waits for ${resource} since ${when} and comes first`;
}

function leaseHeld(request: LeaseRequest, obstacles: readonly Obstacle[]): HwlabError {
  return new HwlabError({
    code: 'lease-held',
    blame: 'lab',
    retryable: true,
    message: `${request.resources.join(', ')} cannot be had: ${obstacles.slice(0, 5).map(obstacleLine).join('; ')}`,
    advice: 'ask them, or wait: ./hwlab lab status shows who waits for whom',
    facts: { holders: [...new Set(obstacles.map(({ holder }) => holder))] },
  });
}
