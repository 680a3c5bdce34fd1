import { expect } from 'chai';
import { EventEmitter } from 'node:events';
import { duplexPair, type Duplex } from 'node:stream';
import { Deadline } from '../../base/deadline.ts';
import { PortForwards } from './port-forwards.ts';
import type { SshClient } from './ssh-client.ts';

/** An SSH connection whose server listens on whatever port it is told to give out. */
class FakeClient extends EventEmitter {
  readonly ended: number[] = [];
  next: number | Error = 40001;

  forwardIn(host: string, port: number, callback: (error: Error | undefined, port: number) => void): boolean {
    expect([host, port]).to.deep.equal(['127.0.0.1', 0]);
    const given = this.next;
    setImmediate(() => (given instanceof Error ? callback(given, 0) : callback(undefined, given)));
    return true;
  }

  unforwardIn(_host: string, port: number, callback: () => void): boolean {
    this.ended.push(port);
    setImmediate(callback);
    return true;
  }

  /** A program of the machine connects; its end of the connection, or undefined if it was turned away. */
  connect(port: number): Duplex | undefined {
    const [ours, theirs] = duplexPair();
    let turnedAway = false;
    this.emit('tcp connection', { destIP: '127.0.0.1', destPort: port }, () => theirs, () => (turnedAway = true));
    return turnedAway ? undefined : ours;
  }
}

describe('PortForwards', () => {
  let deadline = Deadline.after(10_000);
  beforeEach(() => {
    deadline = Deadline.after(10_000);
  });

  it('hands over the connections of each port to who listens on it, and turns others away', async () => {
    const client = new FakeClient();
    const ports = new PortForwards(client as unknown as SshClient);
    const seen: string[] = [];
    const first = await ports.listen(() => void seen.push('first'), deadline);
    client.next = 40002;
    const second = await ports.listen((stream) => void stream.on('data', (bytes: Buffer) => seen.push(`second ${String(bytes)}`)), deadline);
    expect([first.port, second.port]).to.deep.equal([40001, 40002]);
    client.connect(40001);
    client.connect(40002)?.write('hello');
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).to.deep.equal(['first', 'second hello']);
    expect(client.connect(22)).to.equal(undefined);
    await first.close();
    await first.close();
    expect(client.ended).to.deep.equal([40001]);
    expect(client.connect(40001)).to.equal(undefined);
  });

  it("outlives a connection that breaks, and says so where the machine's sshd does not listen", async () => {
    const client = new FakeClient();
    const ports = new PortForwards(client as unknown as SshClient);
    await ports.listen((stream) => void stream.destroy(new Error('broken')), deadline);
    client.connect(40001);
    client.next = new Error('Unable to bind');
    const refused: unknown = await ports.listen(() => undefined, deadline).catch((error: unknown) => error);
    expect(refused).to.include({ code: 'no-listener', blame: 'lab' });
  });
});
