import type { Duplex } from 'node:stream';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { StreamListener } from '../../capabilities/stream-listener.ts';
import type { SshClient } from './ssh-client.ts';

/** Unix sockets of the machine whose connections come to us through sshd. */
export class StreamForwards implements StreamListener {
  readonly #client: SshClient;
  readonly #listeners = new Map<string, (stream: Duplex) => void>();

  constructor(client: SshClient) {
    this.#client = client;
    client.on('unix connection', ({ socketPath }, accept, reject) => {
      const onConnection = this.#listeners.get(socketPath);
      if (!onConnection) return reject();
      const stream = accept();
      // Without a listener an error of a guest's connection would end the process; the HTTP server has its own.
      stream.on('error', () => undefined);
      onConnection(stream);
    });
  }

  async listen(path: string, onConnection: (stream: Duplex) => void, deadline: Deadline): Promise<() => Promise<void>> {
    this.#listeners.set(path, onConnection);
    const asked = new Promise<void>((resolve, reject) => {
      this.#client.openssh_forwardInStreamLocal(path, (error) => (error ? reject(error) : resolve()));
    });
    try {
      await deadline.race(`listening on ${path} in the guest`, asked);
    } catch (error) {
      this.#listeners.delete(path);
      if (error instanceof HwlabError) throw error;
      throw new HwlabError({ code: 'no-listener', blame: 'lab', message: `the guest's sshd does not listen on ${path}: ${messageOf(error)}`, advice: 'the image needs AllowStreamLocalForwarding (the default) in sshd_config', cause: error });
    }
    return async () => {
      this.#listeners.delete(path);
      await new Promise<void>((resolve) => {
        // A connection that is gone does not answer.
        const late = setTimeout(resolve, 2000).unref();
        this.#client.openssh_unforwardInStreamLocal(path, () => {
          clearTimeout(late);
          resolve();
        });
      });
    };
  }
}
