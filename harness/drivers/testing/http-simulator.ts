import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';

export interface HttpSimulatorOptions {
  /** 127.0.0.1 unless told. */
  readonly address?: string;
  /** Any free one unless told; kept over `die` and `revive`. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A management controller that speaks HTTP and can be dead for a while. */
export abstract class HttpSimulator implements AsyncDisposable {
  readonly #where: HttpSimulatorOptions;
  #server: Server | undefined;
  #port: number;

  protected constructor(where: HttpSimulatorOptions) {
    this.#where = where;
    this.#port = where.port ?? 0;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `${this.#where.tls === undefined ? 'http' : 'https'}://${this.#where.address ?? '127.0.0.1'}:${this.#port}`;
  }

  async revive(): Promise<void> {
    const take = (request: IncomingMessage, response: ServerResponse): void => void this.serve(request, response).catch(() => response.destroy());
    const server = this.#where.tls === undefined ? createServer(take) : createSecureServer(this.#where.tls, take);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(this.#port, this.#where.address ?? '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    this.#server = server;
  }

  async die(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.die();
  }

  protected abstract serve(request: IncomingMessage, response: ServerResponse): Promise<void>;
}
