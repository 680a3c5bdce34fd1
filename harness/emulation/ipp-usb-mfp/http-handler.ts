import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * One service of a device's HTTP server: true = it answered (or will answer) this request, false = the path is not its own.
 * The server that mounts it sets Content-Length, collects nothing, and answers 404 when no service takes the request.
 */
export type HttpHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** A service with the controls that a suite uses; `reset` forgets jobs and state, as a power cycle does. */
export interface HttpService<Controls> {
  readonly handler: HttpHandler;
  readonly controls: Controls;
  reset(): void;
}
