import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepts } from './root-daemon.ts';

describe('accepts', () => {
  it('is true only while somebody listens: not before, not at the socket that a killed daemon left', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hwlab-socket-'));
    const path = join(folder, 'sock');
    expect(await accepts(path)).to.equal(false);
    const killed = spawn(process.execPath, ['-e', `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('listens'))`], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(killed.stdout, 'data');
    expect(await accepts(path)).to.equal(true);
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect(existsSync(path)).to.equal(true);
    expect(await accepts(path)).to.equal(false);
    await rm(path);
    const server = createServer().listen(path);
    await once(server, 'listening');
    expect(await accepts(path)).to.equal(true);
    server.close();
    await rm(folder, { recursive: true });
  });
});
