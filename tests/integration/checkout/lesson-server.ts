import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The school's server, on the loopback: it knows the hour's lesson, except while it is down. */
export class LessonServer implements AsyncDisposable {
  /** So many requests are answered with 503 from now on. */
  down = 0;
  readonly #server = createServer((_request, response) => {
    if (this.down > 0) response.writeHead(503).end('down for maintenance');
    else response.end('physics');
    this.down = Math.max(0, this.down - 1);
  });

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
