import type { Duplex } from 'node:stream';
import type { Deadline } from '../base/deadline.ts';

/** A TCP port on the loopback of the machine under test whose connections come to us. */
export interface ListeningPort {
  readonly port: number;
  /** Ends the listening, not the connections. */
  close(): Promise<void>;
}

/** Lets programs of the machine that speak TCP connect to us, where it has no network that leads here. */
export interface PortListener {
  /**
   * Listens on a port of the machine's 127.0.0.1 that its system picks; each connection is handed over.
   * @throws HwlabError lab `no-listener`
   */
  listen(onConnection: (stream: Duplex) => void, deadline: Deadline): Promise<ListeningPort>;
}
