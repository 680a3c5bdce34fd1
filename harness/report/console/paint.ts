import { visibleText } from '../page/html.ts';
import type { State } from '../night-counts.ts';

/** Colours of a terminal by meaning; each returns its text unchanged where colours are off. */
export interface Paint {
  readonly state: (state: State, text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
}

const codes: Readonly<Record<State, string>> = { PASS: '32', FAIL: '31', ERROR: '33', MISS: '35', SKIP: '2', DONE: '36', FLAKY: '33', 'NOT-RUN': '2', TRIAL: '36' };

export function paint(colours: boolean): Paint {
  const wrap = (code: string, text: string): string => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { state: (state, text) => wrap(codes[state], text), bold: (text) => wrap('1', text), dim: (text) => wrap('2', text) };
}

/** Colours only on a terminal, and not where NO_COLOR is set to anything (no-color.org) or TERM is dumb. */
export function coloursWanted(isTerminal: boolean, environment: NodeJS.ProcessEnv): boolean {
  return isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
}

/** Text of a guest, a device or a file on one line of a terminal: nothing in it can move the cursor or change a colour. */
export function oneLine(text: string, longest = 200): string {
  const line = visibleText(text).replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** 840 ms is 0.8 s; 372 s is 6 min 12 s. */
export function spokenSeconds(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 3600 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
