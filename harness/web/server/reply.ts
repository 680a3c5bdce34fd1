/** What a handler answers; the server adds the headers that every answer has. */
export interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a handler gets of a request. All of it came from outside. */
export interface Asked {
  readonly method: string;
  /** Decoded path without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Reads the body, at most so many bytes. @throws RequestError 413 */
  readonly body: (most: number) => Promise<Buffer>;
}

/** A request that is answered with an error that the asker can mend. */
export class RequestError extends Error {
  readonly status: number;
  /** Stable, kebab-case. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'RequestError';
    this.status = status;
    this.code = code;
  }
}

export function jsonReply(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n`, headers };
}

export function htmlReply(body: string, status = 200): Reply {
  return { status, type: 'text/html; charset=utf-8', body };
}

export function redirectReply(to: string): Reply {
  return { status: 302, type: 'text/plain; charset=utf-8', body: '', headers: { location: to } };
}
