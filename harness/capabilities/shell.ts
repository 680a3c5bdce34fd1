import type { Deadline } from '../base/deadline.ts';
import type { CommandResult } from '../base/run-command.ts';

export interface ShellOptions {
  readonly deadline: Deadline;
  readonly input?: string | Uint8Array;
  /** Exit codes that are not a failure; [0] by default. Any other exit is HwlabError `guest-command-failed`, blame `product`. */
  readonly accept?: readonly number[];
  /** Most bytes kept of stdout and of stderr, 4 Mi by default; more ends the command with `guest-output-too-long`. */
  readonly maxOutput?: number;
  /** Called with pieces of stdout as they come. */
  readonly onStdout?: (text: string) => void;
}

/** A POSIX shell as root on the machine under test. A lost connection is HwlabError `shell-lost`, blame `lab`. */
export interface Shell {
  /** Runs a command line with /bin/sh -c. Quote untrusted words with `quote` of wire/shell-quote.ts. */
  run(commandLine: string, options: ShellOptions): Promise<CommandResult>;
  putFile(path: string, content: Uint8Array, deadline: Deadline): Promise<void>;
  getFile(path: string, deadline: Deadline, maxBytes?: number): Promise<Uint8Array>;
  /**
   * A port of this host's loopback that leads to `port` of the other side's, until it is disposed. What connects there is untrusted towards
   * the other side as any program of this user is.
   */
  forward(port: number, deadline: Deadline): Promise<ForwardedPort>;
  close(): Promise<void>;
}

export interface ForwardedPort extends AsyncDisposable {
  /** On 127.0.0.1 of this host. */
  readonly port: number;
}
