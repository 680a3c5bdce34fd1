import type { Deadline } from '../base/deadline.ts';

export interface ConsoleEvents {
  data(bytes: Uint8Array): void;
  /** The link is gone; called once at most, and never after `close`. */
  lost(why: string): void;
}

/** One connection to a serial line. */
export interface ConsoleStream {
  write(bytes: Uint8Array, deadline: Deadline): Promise<void>;
  /** @throws HwlabError `console-no-break` where the link cannot */
  sendBreak(deadline: Deadline): Promise<void>;
  close(): Promise<void>;
}

/** A way to a serial line. @throws HwlabError lab `console-unavailable` (try again), `console-refused` (do not) */
export interface ConsoleLink {
  readonly name: string;
  connect(events: ConsoleEvents, deadline: Deadline): Promise<ConsoleStream>;
}
