import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one process of one boot of one host; a process id alone is used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to the start of the process (proc(5), stat field 22); empty where there is no /proc. */
  readonly started: string;
  readonly boot: string;
  readonly host: string;
}

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid) ?? '', boot: bootId(), host: hostname() };
}

/** Whether the process still runs; `unknown` when it belongs to another host. */
export function processState(identity: ProcessIdentity): 'running' | 'gone' | 'unknown' {
  if (identity.host !== hostname()) return 'unknown';
  if (identity.boot !== bootId()) return 'gone';
  if (identity.started !== '') return startOf(identity.pid) === identity.started ? 'running' : 'gone';
  return answersSignal(identity.pid) ? 'running' : 'gone';
}

/** When a living process started, in clock ticks since the host's boot (proc(5), stat field 22); undefined if there is none, or only a zombie. */
export function startOf(pid: number): string | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The second field is the command in parentheses and may contain anything; the state is the first field behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

/** Changes at every boot of the host; empty where there is no /proc. */
export function bootId(): string {
  return readOrEmpty('/proc/sys/kernel/random/boot_id').trim();
}

function answersSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
