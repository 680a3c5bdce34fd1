import type { Duplex } from 'node:stream';
import type { Deadline } from '../base/deadline.ts';

/** Lets programs of the machine under test connect to us, where it has no network that leads here. */
export interface StreamListener {
  /**
   * Listens on a Unix socket at `path` in the machine; each connection is handed over. Resolves when it listens; the answer ends it.
   * @throws HwlabError lab `no-listener`
   */
  listen(path: string, onConnection: (stream: Duplex) => void, deadline: Deadline): Promise<() => Promise<void>>;
}
