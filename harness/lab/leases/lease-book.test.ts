import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { LeaseRequest } from './lease.ts';
import { LeaseBook } from './lease-book.ts';
import { leaseFile } from './lease-store.ts';

describe('the book of leases', () => {
  let folder: string;
  let now: number;
  let uptime: number;
  const dead = new Set<number>();
  const books: LeaseBook[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-leases-'));
    now = 1_800_000_000_000;
    uptime = 1000;
    dead.clear();
  });
  afterEach(() => {
    for (const book of books.splice(0)) book[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The book as the process `pid` sees it. */
  function bookOf(pid: number): LeaseBook {
    const clock = { now: () => now, uptime: () => uptime, boot: () => 'boot', state: ({ pid: other }: { pid: number }) => (dead.has(other) ? ('gone' as const) : ('running' as const)) };
    const book = new LeaseBook(leaseFile(folder), clock, { pid, started: '1', boot: 'boot', host: 'h' });
    books.push(book);
    return book;
  }

  function ask(resources: readonly string[], more: Partial<LeaseRequest> = {}): LeaseRequest {
    return { resources, class: 'night', holder: 'night-1', purpose: 'a cell', for: 3600_000, ...more };
  }

  function granted(answer: ReturnType<LeaseBook['acquire']>): Extract<typeof answer, { granted: true }>['lease'] {
    if (!answer.granted) throw new Error(`not granted: ${JSON.stringify(answer.obstacles)}`);
    return answer.lease;
  }

  const codeOf = (work: () => unknown): string => {
    try {
      work();
    } catch (error) {
      return error instanceof HwlabError ? error.code : String(error);
    }
    return 'nothing thrown';
  };

  it('gives all or none', () => {
    const [one, two] = [bookOf(1), bookOf(2)];
    granted(one.acquire(ask(['machine/a', 'unit/u'])));
    const refused = two.acquire(ask(['machine/b', 'unit/u']));
    expect(refused).to.deep.include({ granted: false });
    expect(refused.granted ? [] : refused.obstacles.map(({ resource }) => resource)).to.deep.equal(['unit/u']);
    granted(two.acquire(ask(['machine/b'])));
  });

  it('a token grows with every holder, and a stale holder is told so', () => {
    const [one, two] = [bookOf(1), bookOf(2)];
    const first = granted(one.acquire(ask(['machine/a'])));
    const token = first.resources[0]?.token ?? 0;
    one.check(first.id, 'machine/a', token);
    dead.add(1);
    const second = granted(two.acquire(ask(['machine/a'])));
    expect(second.resources[0]?.token).to.be.greaterThan(token);
    dead.delete(1);
    expect(codeOf(() => one.check(first.id, 'machine/a', token))).to.equal('lease-lost');
    expect(codeOf(() => two.check(second.id, 'machine/a', token))).to.equal('lease-lost');
    expect(codeOf(() => one.beat(first.id))).to.equal('lease-lost');
    expect(one.release(first.id, ['machine/a'])).to.equal(false);
    two.check(second.id, 'machine/a', second.resources[0]?.token ?? 0);
  });

  it('tokens grow even if the file is lost', () => {
    const lease = granted(bookOf(1).acquire(ask(['machine/a'])));
    rmSync(folder, { recursive: true });
    now += 1000;
    expect(granted(bookOf(1).acquire(ask(['machine/a']))).resources[0]?.token).to.be.greaterThan(lease.resources[0]?.token ?? Infinity);
  });

  it('what nobody gave back clean is dirty for the next one; what is unknown is too', () => {
    const book = bookOf(1);
    const first = granted(book.acquire(ask(['machine/a', 'machine/b'])));
    expect(first.resources.map(({ dirty }) => dirty)).to.deep.equal([true, true]);
    book.release(first.id, ['machine/a']);
    expect(book.resources().map(({ name, dirty }) => [name, dirty])).to.deep.equal([['machine/a', false], ['machine/b', true]]);
    const second = granted(book.acquire(ask(['machine/a', 'machine/b'])));
    expect(second.resources.map(({ dirty }) => dirty)).to.deep.equal([false, true]);
    book.release(second.id, ['machine/a', 'machine/b']);
    const third = granted(book.acquire(ask(['machine/a'])));
    dead.add(1);
    expect(granted(bookOf(2).acquire(ask(['machine/a']))).resources[0]?.dirty).to.equal(true);
    expect(book.events().filter(({ lease }) => lease === third.id).map(({ what }) => what)).to.deep.equal(['taken', 'died']);
  });

  it('a holder that is silent for a minute loses its lease, one that beats keeps it', () => {
    const [one, two] = [bookOf(1), bookOf(2)];
    const lease = granted(one.acquire(ask(['machine/a'])));
    uptime += 60_000;
    one.beat(lease.id);
    uptime += 60_000;
    expect(two.acquire(ask(['machine/a'])).granted).to.equal(false);
    uptime += 1;
    granted(two.acquire(ask(['machine/a'])));
  });

  it('a lease ends at its deadline; extended it ends later, and never earlier', () => {
    const [one, two] = [bookOf(1), bookOf(2)];
    const lease = granted(one.acquire(ask(['machine/a'], { for: 1000, reservation: true, class: 'person' })));
    expect(one.extend(lease.id, 5000).endsAt).to.equal(now + 5000);
    expect(one.extend(lease.id, 10).endsAt).to.equal(now + 5000);
    now += 4999;
    expect(two.acquire(ask(['machine/a'])).granted).to.equal(false);
    now += 1;
    granted(two.acquire(ask(['machine/a'])));
    expect(codeOf(() => one.extend(lease.id, 1000))).to.equal('lease-lost');
  });

  it('a person comes before a developer, a developer before the night, and of equals the first', () => {
    const holder = bookOf(1);
    const lease = granted(holder.acquire(ask(['machine/a'])));
    const line = [['night', 'n'], ['developer', 'd1'], ['developer', 'd2'], ['person', 'p']] as const;
    for (const [name, id] of line) expect(holder.acquire(ask(['machine/a'], { class: name, holder: id }), id).granted).to.equal(false);
    expect(holder.waiters().map(({ id }) => id)).to.deep.equal(['p', 'd1', 'd2', 'n']);
    holder.release(lease.id, []);
    const served: string[] = [];
    for (const id of ['n', 'd2', 'd1', 'p', 'n', 'd2', 'd1', 'n', 'd2', 'n']) {
      const answer = holder.acquire(ask(['machine/a'], { class: line.find(([, other]) => other === id)?.[0] ?? 'night' }), id);
      if (!answer.granted) continue;
      served.push(id);
      holder.release(answer.lease.id, []);
    }
    expect(served).to.deep.equal(['p', 'd1', 'd2', 'n']);
  });

  it('one who waits for other things holds nobody up, and one who died in line neither', () => {
    const [one, two, three] = [bookOf(1), bookOf(2), bookOf(3)];
    const lease = granted(one.acquire(ask(['machine/a'])));
    expect(two.acquire(ask(['machine/a', 'machine/b'], { class: 'person' }), 'p').granted).to.equal(false);
    granted(three.acquire(ask(['machine/c'])));
    const refused = three.acquire(ask(['machine/b']));
    expect(refused.granted ? [] : refused.obstacles.map(({ because }) => because)).to.deep.equal(['ahead']);
    dead.add(2);
    granted(three.acquire(ask(['machine/b'])));
    one.release(lease.id, []);
  });

  it('refuses what can never be granted', () => {
    const book = bookOf(1);
    expect(codeOf(() => book.acquire(ask([])))).to.equal('lease-request');
    expect(codeOf(() => book.acquire(ask(['machine/../x'])))).to.equal('lease-request');
    expect(codeOf(() => book.acquire(ask(['machine/a'], { for: Number.NaN })))).to.equal('lease-request');
    expect(codeOf(() => book.acquire(ask(['machine/a'], { for: 32 * 24 * 3600_000 })))).to.equal('lease-request');
  });

  it('says so when its file is no database', async () => {
    const { writeFileSync } = await import('node:fs');
    writeFileSync(leaseFile(folder), 'x'.repeat(4096));
    expect(codeOf(() => bookOf(1))).to.equal('lease-store');
  });
});
