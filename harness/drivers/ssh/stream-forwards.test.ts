import { EventEmitter } from 'node:events';
import { PassThrough, type Duplex } from 'node:stream';
import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { SshClient } from './ssh-client.ts';
import { StreamForwards } from './stream-forwards.ts';

/** sshd as far as it listens on Unix sockets: it agrees, or refuses what is in `refuses`. */
class FakeClient extends EventEmitter {
  readonly listening = new Set<string>();
  refuses = '';

  openssh_forwardInStreamLocal(path: string, answer: (error?: Error) => void): boolean {
    if (path === this.refuses) answer(new Error('not allowed'));
    else {
      this.listening.add(path);
      answer();
    }
    return true;
  }

  openssh_unforwardInStreamLocal(path: string, answer: (error?: Error) => void): boolean {
    this.listening.delete(path);
    answer();
    return true;
  }

  /** A program of the guest connects; tells whether it was let in. */
  connect(socketPath: string): Duplex | 'rejected' {
    let outcome: Duplex | 'rejected' = 'rejected';
    this.emit(
      'unix connection',
      { socketPath },
      () => (outcome = new PassThrough()),
      () => undefined,
    );
    return outcome;
  }
}

describe('StreamForwards', () => {
  const forwards = (client: FakeClient): StreamForwards => new StreamForwards(client as unknown as SshClient);

  it('hands over the connections of its own sockets, and no others', async () => {
    const client = new FakeClient();
    const seen: Duplex[] = [];
    const end = await forwards(client).listen('/run/a.sock', (stream) => seen.push(stream), Deadline.after(5000));
    const stream = client.connect('/run/a.sock');
    expect(seen).to.deep.equal([stream]);
    expect(client.connect('/run/b.sock')).to.equal('rejected');
    await end();
    expect([...client.listening]).to.deep.equal([]);
    expect(client.connect('/run/a.sock')).to.equal('rejected');
  });

  it('outlives a connection that breaks', async () => {
    const client = new FakeClient();
    await forwards(client).listen('/run/a.sock', () => undefined, Deadline.after(5000));
    (client.connect('/run/a.sock') as Duplex).emit('error', new Error('reset'));
  });

  it('says that the lab cannot listen, and what the image needs', async () => {
    const client = new FakeClient();
    client.refuses = '/run/a.sock';
    const error: unknown = await forwards(client).listen('/run/a.sock', () => undefined, Deadline.after(5000)).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(HwlabError).and.to.include({ code: 'no-listener', blame: 'lab' });
    expect(client.connect('/run/a.sock')).to.equal('rejected');
  });
});
