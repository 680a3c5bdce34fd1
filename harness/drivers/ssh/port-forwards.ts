import type { Duplex } from 'node:stream';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { ListeningPort, PortListener } from '../../capabilities/port-listener.ts';
import type { SshClient } from './ssh-client.ts';

const loopback = '127.0.0.1';

/** Ports of the machine's loopback whose connections come to us through sshd. */
export class PortForwards implements PortListener {
  readonly #client: SshClient;
  readonly #listeners = new Map<number, (stream: Duplex) => void>();
  #watching = false;

  constructor(client: SshClient) {
    this.#client = client;
  }

  async listen(onConnection: (stream: Duplex) => void, deadline: Deadline): Promise<ListeningPort> {
    this.#watch();
    const asked = new Promise<number>((resolve, reject) => {
      this.#client.forwardIn(loopback, 0, (error, port) => (error ? reject(error) : resolve(port)));
    });
    const port = await deadline.race('listening on a port in the guest', asked).catch((error: unknown) => {
      if (error instanceof HwlabError) throw error;
      throw new HwlabError({ code: 'no-listener', blame: 'lab', message: `the guest's sshd does not listen on a port for us: ${messageOf(error)}`, advice: 'the image needs AllowTcpForwarding (the default) in sshd_config', cause: error });
    });
    this.#listeners.set(port, onConnection);
    return { port, close: async () => this.#close(port) };
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#client.on('tcp connection', ({ destPort }, accept, reject) => {
      const onConnection = this.#listeners.get(destPort);
      if (!onConnection) return reject();
      const stream = accept();
      // Without a listener an error of a guest's connection would end the process.
      stream.on('error', () => undefined);
      onConnection(stream);
    });
  }

  async #close(port: number): Promise<void> {
    if (!this.#listeners.delete(port)) return;
    await new Promise<void>((resolve) => {
      // A connection that is gone does not answer.
      const late = setTimeout(resolve, 2000).unref();
      this.#client.unforwardIn(loopback, port, () => {
        clearTimeout(late);
        resolve();
      });
    });
  }
}
