import { fork, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { Deadline } from '../../base/deadline.ts';
import type { CellMessage, CellOrder } from './protocol.ts';

const workerFile = join(import.meta.dirname, 'main.ts');
const grace = 8000;

/**
 * Runs one order in a process of its own and hands on what it says. Resolves when the process has ended; the last message is `done` or
 * `failed`, unless the process died. When the deadline passes it is asked to stop, and ended 8 s later if it does not.
 * @throws HwlabError harness `cell-process-died` with its exit code and where its output is.
 */
export type RunCellProcess = (order: CellOrder, deadline: Deadline, onMessage: (message: CellMessage) => void) => Promise<void>;

/** A process that waits for its order. */
export interface CellProcess {
  /** At most once. */
  readonly run: RunCellProcess;
  /** Ends it if it never got an order. */
  readonly abandon: () => void;
}

/** Starts the process of a cell; a fake takes its place in the pipeline's tests. `folder`: absolute, for its output. */
export type StartCellProcess = (folder: string) => CellProcess;

/** A process that does what `run` does, for tests. */
export function scriptedProcess(run: RunCellProcess): StartCellProcess {
  return () => ({ run, abandon: () => undefined });
}

/** The process loads its code while the machine is still being restored. */
export const startCellProcess: StartCellProcess = (folder) => {
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'worker.log'), 'a');
  const child = fork(workerFile, [], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: ['--max-old-space-size=1024'],
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: process.env['HOME'] ?? '/', LANG: 'C.UTF-8', NODE_ENV: 'test', ...hwlabVariables() },
  });
  closeSync(log);
  let ended: ChildEnd | undefined;
  const end = new Promise<ChildEnd>((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('exit', (code, signal) => resolve({ how: signal ?? `exit ${code}` }));
  });
  void end.then((how) => (ended = how));
  return {
    abandon: () => void child.kill('SIGKILL'),
    run: async (order, deadline, onMessage) => runOrder(child, end, () => ended, order, deadline, onMessage),
  };
};

type ChildEnd = { readonly error: Error } | { readonly how: string };

async function runOrder(child: ChildProcess, end: Promise<ChildEnd>, ended: () => ChildEnd | undefined, order: CellOrder, deadline: Deadline, onMessage: (message: CellMessage) => void): Promise<void> {
  deadline.check(`cell ${order.cell.id}`);
  let settled = false;
  let forced: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    forced = setTimeout(() => child.kill('SIGKILL'), grace);
  };
  deadline.signal.addEventListener('abort', stop, { once: true });
  child.on('message', (message) => {
    const said = message as CellMessage;
    settled ||= said.type === 'done' || said.type === 'failed';
    onMessage(said);
  });
  try {
    // What is sent to a process that has just ended is lost, and its end says why.
    if (ended() === undefined) child.send(order, () => undefined);
    const how = await end;
    if (settled) return;
    if ('error' in how) throw how.error;
    if (deadline.expired) throw deadline.error(`cell ${order.cell.id}`);
    throw new HwlabError({
      code: 'cell-process-died',
      blame: 'harness',
      message: `the process of cell ${order.cell.id} ended with ${how.how} before it was done`,
      advice: `its output is in ${order.folder}/worker.log`,
    });
  } finally {
    deadline.signal.removeEventListener('abort', stop);
    clearTimeout(forced);
  }
}

function hwlabVariables(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[0].startsWith('HWLAB_') && entry[1] !== undefined));
}
