import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import { HoldServer } from '../../harness/run/hold/hold-server.ts';

/** The prompt of a held device as a script uses it; the machine is none, the rest is real. */
describe('lines to a held device through a pipe', function () {
  this.timeout(30_000);
  const before = process.env['HWLAB_RUNTIME'];
  let folder: string;
  let hold: HoldServer;
  const stop = new AbortController();

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-p-'));
    process.env['HWLAB_RUNTIME'] = folder;
    const now = Date.now();
    hold = await HoldServer.start({
      record: { id: 'abcd', runId: '20261122-000000-test', cell: 'a/b/c/d', since: new Date(now).toISOString(), until: new Date(now + 600_000).toISOString(), ssh: { host: '127.0.0.1', port: 2222, username: 'root', hostKey: 'ssh-ed25519 AAAA' }, console: '/c', evidence: '/e' },
      most: 3600,
      device: async (line) => Promise.resolve(`did ${line}`),
      signal: stop.signal,
      now: Date.now,
    });
  });
  afterEach(async () => {
    stop.abort();
    await hold.ended;
    if (before === undefined) delete process.env['HWLAB_RUNTIME'];
    else process.env['HWLAB_RUNTIME'] = before;
    rmSync(folder, { recursive: true });
  });

  it('are all answered, in order, also when the pipe has ended before the first answer', async () => {
    const child = spawn(join(projectRoot, 'hwlab'), ['hold', 'device', 'abcd'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => (stdout += String(data)));
    child.stderr.on('data', (data) => (stderr += String(data)));
    child.stdin.end('unplug\nplug\nwire 3\n');
    const [code] = (await once(child, 'close')) as [number];
    expect(code, stderr).to.equal(0);
    expect(stdout).to.equal('did unplug\ndid plug\ndid wire 3\n');
  });
});
