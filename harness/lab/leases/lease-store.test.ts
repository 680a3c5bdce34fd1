import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { openLeaseStore, transaction } from './lease-store.ts';

describe('the file of the leases', () => {
  it('says where and what to do when the disk is full, and keeps nothing of what was begun', () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-store-'));
    const store = openLeaseStore(join(folder, 'leases.sqlite'));
    try {
      store.exec('PRAGMA max_page_count = 1');
      const fill = (): void => transaction(store, () => {
        for (let at = 0; at < 100; at += 1) store.prepare('INSERT INTO resource VALUES (?, 1, 1, ?)').run(`machine/${at}`, 'x'.repeat(4096));
      });
      expect(fill).to.throw(HwlabError, `${folder}/leases.sqlite cannot be kept: database or disk is full`).with.property('code', 'lease-store');
      expect(store.prepare('SELECT count(*) AS many FROM resource').get()).to.deep.include({ many: 0 });
      const own = new HwlabError({ code: 'lease-lost', blame: 'lab', message: 'gone' });
      expect(() => transaction(store, () => { throw own; })).to.throw(own);
    } finally {
      store.close();
      rmSync(folder, { recursive: true });
    }
  });
});
