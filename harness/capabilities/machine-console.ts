import type { Deadline } from '../base/deadline.ts';

export interface ConsoleLine {
  /** Milliseconds of a clock that never jumps, since `start`, when the first byte of the line came. */
  readonly at: number;
  /** Control characters made visible; at most 4096 characters. */
  readonly text: string;
  /** `console` for what the machine printed; `note` for what we have to say, such as a gap. */
  readonly from: 'console' | 'note';
}

/**
 * A machine's serial console. Started before power-on, it is kept until it is disposed: each line goes with its time to a file of bounded size. A link
 * that breaks is made again and the gap is written down.
 */
export interface MachineConsole extends AsyncDisposable {
  /** Resolves when the link is there and the file is open. @throws HwlabError lab `console-unavailable`, `console-refused` */
  start(file: string, deadline: Deadline): Promise<void>;
  readonly state: 'connected' | 'lost';
  /** Called for each complete line, and for one without an end after half a second of silence (a prompt). Returns how to stop. */
  onLine(listener: (line: ConsoleLine) => void): () => void;
  /** @throws HwlabError lab `console-lost` when there is no link */
  send(text: string, deadline: Deadline): Promise<void>;
  /** A break condition on the line: with a letter after it, Linux's SysRq. @throws HwlabError lab `console-lost`, `console-no-break` */
  sendBreak(deadline: Deadline): Promise<void>;
}
