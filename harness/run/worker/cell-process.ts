import { fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { Deadline } from '../../base/deadline.ts';
import type { CellMessage, CellOrder } from './protocol.ts';

const workerFile = join(import.meta.dirname, 'main.ts');
const grace = 8000;

/** Starts the process of a cell; a fake takes its place in the pipeline's tests. */
export type RunCellProcess = (order: CellOrder, deadline: Deadline, onMessage: (message: CellMessage) => void) => Promise<void>;

/**
 * Runs one order in a process of its own and hands on what it says. Resolves when the process has ended; the last message is `done` or
 * `failed`, unless the process died. When the deadline passes it is asked to stop, and ended 8 s later if it does not.
 * @throws HwlabError harness `cell-process-died` with its exit code and where its output is.
 */
export const runCellProcess: RunCellProcess = async (order, deadline, onMessage) => {
  deadline.check(`cell ${order.cell.id}`);
  const folder = join(order.nightFolder, order.folder);
  mkdirSync(folder, { recursive: true });
  const log = openSync(join(folder, 'worker.log'), 'a');
  const child = fork(workerFile, [], {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: ['--max-old-space-size=1024'],
    env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: process.env['HOME'] ?? '/', LANG: 'C.UTF-8', NODE_ENV: 'test', ...hwlabVariables() },
  });
  closeSync(log);
  let settled = false;
  let forced: NodeJS.Timeout | undefined;
  const stop = (): void => {
    child.kill('SIGTERM');
    forced = setTimeout(() => child.kill('SIGKILL'), grace);
  };
  deadline.signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject);
      child.on('message', (message) => {
        const said = message as CellMessage;
        settled ||= said.type === 'done' || said.type === 'failed';
        onMessage(said);
      });
      child.on('exit', (code, signal) => {
        if (settled) resolve();
        else if (deadline.expired) reject(deadline.error(`cell ${order.cell.id}`));
        else {
          reject(
            new HwlabError({
              code: 'cell-process-died',
              blame: 'harness',
              message: `the process of cell ${order.cell.id} ended with ${signal ?? `exit ${code}`} before it was done`,
              advice: `its output is in ${order.folder}/worker.log`,
            }),
          );
        }
      });
      child.send(order);
    });
  } finally {
    deadline.signal.removeEventListener('abort', stop);
    clearTimeout(forced);
  }
};

function hwlabVariables(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[0].startsWith('HWLAB_') && entry[1] !== undefined));
}
