import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ForwardedPort } from '../../capabilities/shell.ts';
import type { SshClient } from './ssh-client.ts';

/** Connections at once; a browser's debugging needs three. */
const most = 32;

/** Listens on a free port of 127.0.0.1 and leads each connection to `port` of the other side's loopback (RFC 4254, 7.2). */
export async function forwardPort(client: Pick<SshClient, 'forwardOut'>, port: number): Promise<ForwardedPort> {
  const open = new Set<Socket | Duplex>();
  const keep = (stream: Socket | Duplex): void => {
    open.add(stream);
    stream.on('error', () => stream.destroy());
    stream.on('close', () => open.delete(stream));
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    keep(socket);
    client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, channel) => {
      if (error) {
        socket.destroy();
        return;
      }
      keep(channel);
      socket.on('close', () => channel.destroy());
      channel.on('close', () => socket.destroy());
      socket.pipe(channel).pipe(socket);
    });
  });
  server.maxConnections = most;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const stream of open) stream.destroy();
      await closed;
    },
  };
}
