import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forwardScreen } from './forward-screen.ts';

describe('a screen for viewers of this host', () => {
  let folder: string;
  let screen: Server;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-vnc-'));
    screen = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('RFB 003.008\n');
      socket.on('data', (data) => socket.write(data));
    }).listen(join(folder, 'vnc'));
    await once(screen, 'listening');
  });
  afterEach(() => {
    screen.close();
    rmSync(folder, { recursive: true });
  });

  it('passes bytes on in both directions, for several viewers, until it is ended', async () => {
    const forward = await forwardScreen(join(folder, 'vnc'), 0);
    const [host = '', port] = forward.address.split(':');
    const viewers = [connect(Number(port), host), connect(Number(port), host)];
    for (const viewer of viewers) expect(String((await once(viewer, 'data'))[0])).to.equal('RFB 003.008\n');
    viewers[0]?.destroy();
    viewers[1]?.write('keys');
    expect(String((await once(viewers[1] ?? expect.fail('no viewer'), 'data'))[0])).to.equal('keys');
    const closed = once(viewers[1] ?? expect.fail('no viewer'), 'close');
    await forward[Symbol.asyncDispose]();
    await closed;
  });

  it('a viewer of a machine that is gone is sent away; a port that is taken is said', async () => {
    await using forward = await forwardScreen(join(folder, 'none'), 0);
    const port = Number(forward.address.split(':')[1]);
    const viewer = connect(port, '127.0.0.1');
    viewer.on('error', () => undefined);
    await once(viewer, 'close');
    expect(await forwardScreen(join(folder, 'vnc'), port).catch((error: unknown) => error)).to.include({ code: 'port-taken', blame: 'usage' });
  });
});
