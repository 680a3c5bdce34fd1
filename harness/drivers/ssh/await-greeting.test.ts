import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { awaitGreeting } from './await-greeting.ts';
import { greetingWait } from './connect-shell.ts';

describe('awaitGreeting', () => {
  let server: Server;
  let port: number;
  let answer: (socket: Socket) => void;
  beforeEach(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      answer(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => server.close());

  const never = new AbortController().signal;

  it('hands over a socket that still has its first bytes', async () => {
    answer = (socket) => socket.end('SSH-2.0-test\r\nmore');
    const socket = await awaitGreeting('127.0.0.1', port, 2000, never);
    const read: Buffer[] = [];
    socket.on('data', (data: Buffer) => read.push(data));
    socket.resume();
    await once(socket, 'end');
    expect(Buffer.concat(read).toString()).to.equal('SSH-2.0-test\r\nmore');
  });

  const failures: readonly [string, (socket: Socket) => void, RegExp][] = [
    ['a side that says nothing', () => undefined, /no SSH greeting within 30 ms/],
    ['a side that hangs up', (socket) => socket.end(), /closed before/],
  ];
  for (const [name, act, message] of failures) {
    it(`gives up on ${name}, and leaves no connection`, async () => {
      const ended = new Promise<void>((resolve) => (answer = (socket) => (act(socket), socket.on('close', () => resolve()))));
      const error: unknown = await awaitGreeting('127.0.0.1', port, 30, never).catch((thrown: unknown) => thrown);
      expect((error as Error).message).to.match(message);
      await ended;
    });
  }

  it('gives up when the time of its caller is up', async () => {
    answer = () => undefined;
    const error: unknown = await awaitGreeting('127.0.0.1', port, 60_000, AbortSignal.timeout(20)).catch((thrown: unknown) => thrown);
    expect((error as Error).message).to.contain('time was up');
  });
});

describe('greetingWait', () => {
  it('is short, every third time long, grows with time, and has an end', () => {
    expect([1, 2, 3, 4].map((attempt) => greetingWait(attempt, 5000))).to.deep.equal([1500, 1500, 4500, 1500]);
    expect(greetingWait(1, 100_000)).to.equal(5000);
    expect(greetingWait(3, 1e6)).to.equal(20_000);
  });
});
