import { createReadStream, createWriteStream } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { waitFor } from '../../base/wait-for.ts';
import { qmp } from './monitor.ts';
import { virsh } from './virsh.ts';

/**
 * The state of a running machine in two files: its memory is the file that QEMU maps (so nothing is copied), and this module moves the rest,
 * the state of the devices, which is less than a megabyte. QEMU's migration does it, with the capability that leaves shared memory out.
 */
const leaveMemoryOut = { capabilities: [{ capability: 'x-ignore-shared', state: true }] };
const patience = 20;

/** Stops the guest and writes the state of its devices to `stateFile`. `socketPath` is a free path for a unix socket. */
export async function saveDeviceState(domain: string, stateFile: string, socketPath: string, deadline: Deadline): Promise<void> {
  await virsh(['suspend', domain], deadline);
  await qmp(domain, 'migrate-set-capabilities', leaveMemoryOut, deadline);
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(socketPath, resolve));
    const received = new Promise<void>((resolve, reject) => {
      server.once('connection', (socket) => void pipeline(socket, createWriteStream(stateFile, { mode: 0o600, flush: true })).then(resolve, reject));
    });
    received.catch(() => undefined);
    await qmp(domain, 'migrate', { uri: `unix:${socketPath}` }, deadline);
    await deadline.race('receiving the state of the devices', received);
    await waitFor('saved state', async () => migrationEnd(await qmp(domain, 'query-migrate', {}, deadline)), { deadline, every: patience, blame: 'lab' });
  } finally {
    server.close();
  }
}

/** Loads the state of the devices into a domain that was created with `incoming`; it is paused then. @throws HwlabError `restore-failed` */
export async function loadDeviceState(domain: string, stateFile: string, socketPath: string, deadline: Deadline): Promise<void> {
  try {
    await qmp(domain, 'migrate-set-capabilities', leaveMemoryOut, deadline);
    await qmp(domain, 'migrate-incoming', { uri: `unix:${socketPath}` }, deadline);
    const socket = createConnection(socketPath);
    await pipeline(createReadStream(stateFile), socket, { signal: deadline.signal });
    await waitFor('loaded state', async () => loadEnd(await qmp(domain, 'query-status', {}, deadline)), { deadline, every: patience, blame: 'lab' });
  } catch (error) {
    deadline.check(`restoring ${domain}`);
    throw new HwlabError({ code: 'restore-failed', blame: 'lab', retryable: true, message: `${domain} did not take its memory image: ${error instanceof Error ? error.message : String(error)}`, cause: error });
  }
}

function migrationEnd(reply: unknown): { value: true } | { saw: string } {
  const { status = 'none', 'error-desc': reason } = reply as { readonly status?: string; readonly 'error-desc'?: string };
  if (status === 'failed' || status === 'cancelled') throw new HwlabError({ code: 'save-failed', blame: 'lab', message: `QEMU did not save its state: ${reason ?? status}` });
  return status === 'completed' ? { value: true } : { saw: status };
}

function loadEnd(reply: unknown): { value: true } | { saw: string } {
  const { status = 'unknown' } = reply as { readonly status?: string };
  return status === 'inmigrate' ? { saw: status } : { value: true };
}
