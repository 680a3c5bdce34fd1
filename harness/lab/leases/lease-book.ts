import type { DatabaseSync } from 'node:sqlite';
import { HwlabError } from '../../base/hwlab-error.ts';
import { thisProcess, type ProcessIdentity } from '../../base/process-identity.ts';
import { randomId } from '../../base/random-id.ts';
import { leaseClasses, type Lease, type LeaseAnswer, type LeaseClass, type LeaseEvent, type LeaseRequest, type Obstacle, type ResourceName, type Waiter } from './lease.ts';
import { leaseLife, silentAfter, stationClock, type LeaseClock, type LeaseLife } from './lease-life.ts';
import { openLeaseStore, transaction } from './lease-store.ts';

/** Longest lease: nobody means to keep a machine for more than a month. */
export const longestLease = 31 * 24 * 3600_000;
const mostEvents = 50_000;
const resourcePattern = /^(machine|unit)\/[a-z0-9][a-z0-9._-]{0,62}$/;

/** One resource as the book knows it. */
export interface ResourceState {
  readonly name: ResourceName;
  readonly token: number;
  /** Nobody holds it and nobody left it in a known state. */
  readonly dirty: boolean;
  readonly lease?: string;
}

/**
 * All leases of a station, on disk, shared by its processes. Every call is one transaction and first takes back what is not held any more, so the book
 * needs no process of its own.
 */
export class LeaseBook implements Disposable {
  readonly #store: DatabaseSync;
  readonly #clock: LeaseClock;
  readonly #me: ProcessIdentity;

  constructor(file: string, clock: LeaseClock = stationClock, me: ProcessIdentity = thisProcess()) {
    this.#store = openLeaseStore(file);
    this.#clock = clock;
    this.#me = me;
  }

  /**
   * Takes all resources or none. With `waiter` a refused request stands in line under that id until it is granted, `leave`s, or its process dies.
   * @throws HwlabError usage `lease-request` for what can never be granted
   */
  acquire(request: LeaseRequest, waiter?: string): LeaseAnswer {
    const names = checkedNames(request);
    return this.#turn(() => {
      const obstacles = [...this.#held(names), ...this.#ahead(names, request.class, waiter)];
      if (obstacles.length > 0) {
        if (waiter !== undefined) this.#stand(waiter, request, names);
        return { granted: false, obstacles };
      }
      if (waiter !== undefined) this.leave(waiter);
      return { granted: true, lease: this.#grant(request, names) };
    });
  }

  /** Takes somebody out of the line. */
  leave(waiter: string): void {
    this.#store.prepare('DELETE FROM waiter WHERE id = ?').run(waiter);
  }

  /** Says that the holder lives. @throws HwlabError lab `lease-lost` */
  beat(lease: string): void {
    this.#turn(() => {
      this.#standing(lease);
      this.#store.prepare('UPDATE lease SET beat = ?, boot = ? WHERE id = ?').run(this.#clock.uptime(), this.#clock.boot(), lease);
    });
  }

  /** Lets a lease end `milliseconds` from now, not before it would have ended. @throws HwlabError lab `lease-lost`; usage `lease-request` */
  extend(lease: string, milliseconds: number): Lease {
    checkLength(milliseconds);
    return this.#turn(() => {
      const now = this.#standing(lease);
      this.#store.prepare('UPDATE lease SET ends = max(ends, ?) WHERE id = ?').run(this.#clock.now() + milliseconds, lease);
      this.#note('extended', now);
      return this.#standing(lease);
    });
  }

  /**
   * Gives everything back. What is not in `clean` counts as left in an unknown state.
   * @returns false if it was not held any more, which changes nothing
   */
  release(lease: string, clean: readonly ResourceName[], how: 'released' | 'taken-back' = 'released'): boolean {
    return this.#turn(() => {
      const held = this.#leases().find(({ id }) => id === lease);
      if (!held) return false;
      for (const { name } of held.resources) if (clean.includes(name)) this.#store.prepare('UPDATE resource SET dirty = 0 WHERE name = ?').run(name);
      this.#drop(held, how);
      return true;
    });
  }

  /** Throws unless this lease still holds the resource under this token. @throws HwlabError lab `lease-lost` */
  check(lease: string, resource: ResourceName, token: number): void {
    this.#turn(() => {
      const part = this.#standing(lease).resources.find(({ name }) => name === resource);
      if (part?.token !== token) throw leaseLost(lease, `${resource} is not held under token ${token}`);
    });
  }

  leases(): readonly Lease[] {
    return this.#turn(() => this.#leases());
  }

  waiters(): readonly Waiter[] {
    return this.#turn(() => this.#waiters());
  }

  resources(): readonly ResourceState[] {
    return this.#turn(() =>
      this.#store.prepare('SELECT * FROM resource ORDER BY name').all().map((row) => ({
        name: String(row['name']),
        token: Number(row['token']),
        dirty: row['lease'] === null && row['dirty'] === 1,
        ...(row['lease'] === null ? {} : { lease: String(row['lease']) }),
      })),
    );
  }

  /** The newest events, oldest first. */
  events(most = 1000): readonly LeaseEvent[] {
    const rows = this.#store.prepare('SELECT * FROM event ORDER BY number DESC LIMIT ?').all(most);
    return rows.reverse().map((row) => ({ at: Number(row['at']), what: row['what'] as LeaseEvent['what'], lease: String(row['lease']), resource: String(row['resource']), token: Number(row['token']), class: row['class'] as LeaseClass, holder: String(row['holder']), purpose: String(row['purpose']) }));
  }

  [Symbol.dispose](): void {
    if (this.#store.isOpen) this.#store.close();
  }

  /** A transaction that begins by taking back the leases of holders that are no more, and forgetting those who no longer wait. */
  #turn<T>(work: () => T): T {
    return transaction(this.#store, () => {
      for (const row of this.#store.prepare('SELECT * FROM lease').all()) {
        const life = this.#lifeOf(row);
        if (life !== 'valid') this.#drop(this.#leaseOf(row), life);
      }
      for (const row of this.#store.prepare('SELECT * FROM waiter').all()) {
        const process = JSON.parse(String(row['process'])) as ProcessIdentity;
        const quiet = this.#clock.uptime() - Number(row['beat']) > silentAfter;
        if (row['boot'] !== this.#clock.boot() || quiet || this.#clock.state(process) === 'gone') this.leave(String(row['id']));
      }
      return work();
    });
  }

  #held(names: readonly ResourceName[]): readonly Obstacle[] {
    const leases = this.#leases();
    return names.flatMap((resource) => leases.filter((lease) => lease.resources.some(({ name }) => name === resource)).map((lease) => ({ resource, because: 'held' as const, holder: lease.holder, class: lease.class, purpose: lease.purpose, at: lease.endsAt })));
  }

  /** Those in line for one of the resources who are more urgent, or as urgent and came first. */
  #ahead(names: readonly ResourceName[], mine: LeaseClass, waiter: string | undefined): readonly Obstacle[] {
    const line = this.#waiters();
    const myPlace = line.findIndex(({ id }) => id === waiter);
    const before = line.filter((other, place) => other.id !== waiter && (rank(other.class) < rank(mine) || (rank(other.class) === rank(mine) && (myPlace === -1 || place < myPlace))));
    return before.flatMap((other) => names.filter((name) => other.resources.includes(name)).map((resource) => ({ resource, because: 'ahead' as const, holder: other.holder, class: other.class, purpose: other.purpose, at: other.since })));
  }

  #stand(id: string, { class: name, holder, purpose }: LeaseRequest, names: readonly ResourceName[]): void {
    this.#store
      .prepare('INSERT INTO waiter VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET beat = excluded.beat, boot = excluded.boot')
      .run(id, name, holder, purpose, this.#clock.now(), JSON.stringify(names), JSON.stringify(this.#me), this.#clock.boot(), this.#clock.uptime());
  }

  #grant(request: LeaseRequest, names: readonly ResourceName[]): Lease {
    const id = randomId(10);
    const now = this.#clock.now();
    this.#store
      .prepare('INSERT INTO lease VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
      .run(id, request.class, request.holder, request.purpose, now, now + request.for, request.reservation ? null : JSON.stringify(this.#me), this.#clock.boot(), this.#clock.uptime());
    for (const name of names) {
      const known = this.#store.prepare('SELECT token, dirty FROM resource WHERE name = ?').get(name);
      // Never less than the seconds since 1970, so that tokens grow on even if this file is lost. A machine of which nothing is known is in no known state.
      const token = Math.max(Number(known?.['token'] ?? 0) + 1, Math.floor(now / 1000));
      this.#store.prepare('INSERT INTO part VALUES (?, ?, ?, ?)').run(id, name, token, Number(known?.['dirty'] ?? 1));
      // From now on it is in an unknown state, until a holder gives it back clean: so a holder that is killed need not say so.
      this.#store.prepare('INSERT INTO resource VALUES (?, ?, 1, ?) ON CONFLICT (name) DO UPDATE SET token = excluded.token, dirty = 1, lease = excluded.lease').run(name, token, id);
    }
    const lease = this.#standing(id);
    this.#note('taken', lease);
    return lease;
  }

  #drop(lease: Lease, what: LeaseEvent['what']): void {
    this.#store.prepare('UPDATE resource SET lease = NULL WHERE lease = ?').run(lease.id);
    this.#store.prepare('DELETE FROM part WHERE lease = ?').run(lease.id);
    this.#store.prepare('DELETE FROM lease WHERE id = ?').run(lease.id);
    this.#note(what, lease);
  }

  #note(what: LeaseEvent['what'], { id, class: name, holder, purpose, resources }: Lease): void {
    const insert = this.#store.prepare('INSERT INTO event (at, what, lease, resource, token, class, holder, purpose) VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    for (const { name: resource, token } of resources) insert.run(this.#clock.now(), what, id, resource, token, name, holder, purpose);
    this.#store.prepare('DELETE FROM event WHERE number <= (SELECT max(number) FROM event) - ?').run(mostEvents);
  }

  #standing(id: string): Lease {
    const row = this.#store.prepare('SELECT * FROM lease WHERE id = ?').get(id);
    if (!row) throw leaseLost(id, this.#howItEnded(id));
    return this.#leaseOf(row);
  }

  #howItEnded(id: string): string {
    const last = this.#store.prepare('SELECT what, at FROM event WHERE lease = ? ORDER BY number DESC LIMIT 1').get(id);
    return last === undefined ? 'there is none of this name' : `it ${String(last['what'])} at ${new Date(Number(last['at'])).toISOString()}`;
  }

  #leases(): readonly Lease[] {
    return this.#store.prepare('SELECT * FROM lease ORDER BY taken, id').all().map((row) => this.#leaseOf(row));
  }

  #leaseOf(row: Record<string, unknown>): Lease {
    const parts = this.#store.prepare('SELECT * FROM part WHERE lease = ? ORDER BY name').all(String(row['id']));
    return {
      id: String(row['id']),
      class: row['class'] as LeaseClass,
      holder: String(row['holder']),
      purpose: String(row['purpose']),
      takenAt: Number(row['taken']),
      endsAt: Number(row['ends']),
      resources: parts.map((part) => ({ name: String(part['name']), token: Number(part['token']), dirty: part['dirty'] === 1 })),
      ...(typeof row['process'] === 'string' ? { process: JSON.parse(row['process']) as ProcessIdentity } : {}),
    };
  }

  #lifeOf(row: Record<string, unknown>): LeaseLife {
    const process = typeof row['process'] === 'string' ? { process: JSON.parse(row['process']) as ProcessIdentity } : {};
    return leaseLife({ endsAt: Number(row['ends']), boot: String(row['boot']), beat: Number(row['beat']), ...process }, this.#clock);
  }

  /** In the order in which they get their turn. */
  #waiters(): readonly Waiter[] {
    const rows = this.#store.prepare('SELECT rowid, * FROM waiter ORDER BY rowid').all();
    return rows
      .map((row) => ({ id: String(row['id']), class: row['class'] as LeaseClass, holder: String(row['holder']), purpose: String(row['purpose']), since: Number(row['since']), resources: JSON.parse(String(row['resources'])) as ResourceName[] }))
      .toSorted((left, right) => rank(left.class) - rank(right.class));
  }
}

function rank(name: LeaseClass): number {
  return leaseClasses.indexOf(name);
}

function checkedNames({ resources, for: length }: LeaseRequest): readonly ResourceName[] {
  checkLength(length);
  const names = [...new Set(resources)].sort();
  const bad = names.find((name) => !resourcePattern.test(name));
  if (names.length === 0 || bad !== undefined) throw new HwlabError({ code: 'lease-request', blame: 'usage', message: bad === undefined ? 'a lease of nothing was asked for' : `"${bad.slice(0, 80)}" is no machine/NAME or unit/NAME` });
  return names;
}

function checkLength(milliseconds: number): void {
  if (!(milliseconds > 0 && milliseconds <= longestLease)) throw new HwlabError({ code: 'lease-request', blame: 'usage', message: 'a lease lasts more than nothing and at most 31 days', advice: 'for example --for 2h' });
}

function leaseLost(lease: string, how: string): HwlabError {
  return new HwlabError({ code: 'lease-lost', blame: 'lab', message: `lease ${lease} is not valid any more: ${how}`, advice: 'see who has the machine now: ./hwlab lab status', facts: { lease } });
}
