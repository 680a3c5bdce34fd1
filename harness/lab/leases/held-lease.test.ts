import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { takeLease } from './held-lease.ts';
import { LeaseBook } from './lease-book.ts';
import type { LeaseRequest } from './lease.ts';

const request: LeaseRequest = { resources: ['machine/laptop-1'], class: 'night', holder: 'night-1', purpose: 'a cell', for: 60_000 };

describe('taking a lease', () => {
  let folder: string;
  let book: LeaseBook;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-held-'));
    book = new LeaseBook(join(folder, 'leases.sqlite'));
  });
  afterEach(() => {
    book[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });

  it('holds nothing when the machine cannot be brought into a known state, and says so to the next one', async () => {
    const failed = await takeLease(book, request, { deadline: Deadline.after(1000), cleanse: async () => Promise.reject(new Error('it does not obey')) }).then(() => 'held', (error: Error) => error.message);
    expect(failed).to.equal('it does not obey');
    expect(book.leases()).to.deep.equal([]);
    expect(book.waiters()).to.deep.equal([]);
    const cleansed: string[] = [];
    await using _held = await takeLease(book, request, { deadline: Deadline.after(1000), cleanse: async ({ name }, fence) => fence.check().then(() => void cleansed.push(name)) });
    expect(cleansed).to.deep.equal(['machine/laptop-1']);
  });

  it('waits for whoever has it until its time is up, and leaves the line', async () => {
    await using _held = await takeLease(book, request, { deadline: Deadline.after(1000), cleanse: async () => Promise.resolve() });
    const error = await takeLease(book, { ...request, holder: 'night-2' }, { deadline: Deadline.after(50), lookEvery: 10, cleanse: async () => Promise.resolve() }).then(() => undefined, (thrown: { readonly code: string; readonly message: string }) => thrown);
    expect(error).to.include({ code: 'lease-held' });
    expect(error?.message).to.include('machine/laptop-1 is held by night-1 (night: a cell) until ');
    expect(book.waiters()).to.deep.equal([]);
  });

  it('that is disposed without a word leaves the machine for the next one to bring into a known state', async () => {
    const held = await takeLease(book, request, { deadline: Deadline.after(1000), cleanse: async () => Promise.resolve() });
    await held[Symbol.asyncDispose]();
    expect(book.resources()).to.deep.include({ name: 'machine/laptop-1', token: held.lease.resources[0]?.token, dirty: true });
  });
});
