import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { tryFileLock } from '../base/file-lock.ts';
import { Scope } from '../base/scope.ts';
import { startNetboot } from './netboot-of.ts';

describe('the netboot services of a station', () => {
  it('are those of one process at a time', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-netboot-'));
    const before = process.env['HWLAB_STATE'];
    process.env['HWLAB_STATE'] = folder;
    try {
      await tryFileLock(join(folder, 'netboot-lab0.lock'), 'boots machines over lab0');
      await using scope = new Scope();
      const code = await startNetboot({ interface: 'lab0', address: '127.0.0.1', netmask: '255.0.0.0', dhcp: 'server' }, join(folder, 'log'), scope, Deadline.after(5000)).then(() => 'started', (error: { readonly code: string }) => error.code);
      expect(code).to.equal('netboot-in-use');
    } finally {
      if (before === undefined) delete process.env['HWLAB_STATE'];
      else process.env['HWLAB_STATE'] = before;
      rmSync(folder, { recursive: true });
    }
  });
});
