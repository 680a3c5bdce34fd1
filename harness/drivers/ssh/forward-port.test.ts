import { expect } from 'chai';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { forwardPort } from './forward-port.ts';
import type { SshClient } from './ssh-client.ts';

/** The other side is this host itself: a channel is a plain connection. */
const direct: Pick<SshClient, 'forwardOut'> = {
  forwardOut: (_sourceHost, _sourcePort, host, port, callback) => {
    const channel = connect({ host, port, allowHalfOpen: true });
    channel.once('connect', () => callback(undefined, channel));
    channel.once('error', (error) => callback(error, channel));
    return true;
  },
};

async function ask(port: number, text: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  socket.end(text);
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return Buffer.concat(pieces).toString();
}

describe('forwardPort', () => {
  it('carries bytes both ways, on several connections, and ends them when it ends', async () => {
    const echo = createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const forwarded = await forwardPort(direct, (echo.address() as AddressInfo).port);
    try {
      expect(await Promise.all(['one', 'two', 'x'.repeat(100_000)].map(async (text) => ask(forwarded.port, text)))).to.deep.equal(['one', 'two', 'x'.repeat(100_000)]);
      const held = connect({ host: '127.0.0.1', port: forwarded.port });
      await once(held, 'connect');
      held.write('hello');
      await once(held, 'data');
      const ended = once(held, 'close');
      await forwarded[Symbol.asyncDispose]();
      await ended;
    } finally {
      echo.close();
    }
  });

  it('hangs up where the other side has nothing', async () => {
    await using forwarded = await forwardPort({ forwardOut: (_a, _b, _c, _d, callback) => (callback(new Error('refused'), undefined as never), true) }, 9);
    expect(await ask(forwarded.port, 'hello')).to.equal('');
  });
});
