/**
 * The process of one cell: gets an order over IPC, connects to the machine, plugs the emulated unit in, runs the suite's mocha files and
 * tells the night what happened. It owns the emulation, so that a crash of it is an unplug and never a hung night.
 */
import { CellSession } from './cell-session.ts';
import { reasonOf } from '../classify-outcome.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { CellMessage, CellOrder } from './protocol.ts';

function send(message: CellMessage): void {
  process.send?.(message);
}

const interrupted = new AbortController();
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.on(name, () => interrupted.abort(new HwlabError({ code: 'cell-interrupted', blame: 'lab', message: 'the cell was interrupted' })));
}
const orphaned = (): never => process.exit(1);
// The night was killed: nobody waits for this cell any more.
process.on('disconnect', orphaned);
process.on('unhandledRejection', (error) => {
  send({ type: 'failed', reason: reasonOf(error), retryable: false, artefacts: [] });
  setTimeout(() => process.exit(70), 200).unref();
});

process.once('message', (order: CellOrder) => {
  void work(order);
});

async function work(order: CellOrder): Promise<void> {
  const session = new CellSession(order, interrupted.signal, send);
  try {
    await session.run();
  } catch (error) {
    send({
      type: 'failed',
      reason: reasonOf(error),
      retryable: error instanceof HwlabError && error.retryable,
      artefacts: session.artefacts,
    });
  } finally {
    await session.end();
    process.off('disconnect', orphaned);
    process.disconnect();
    // Sockets of a broken guest must not keep a finished cell alive.
    setTimeout(() => process.exit(0), 1000).unref();
  }
}
