import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { tryFileLock } from '../base/file-lock.ts';
import { stateFolder } from '../base/places.ts';
import type { Scope } from '../base/scope.ts';
import { BootServer } from '../drivers/netboot/boot-server.ts';
import { Dnsmasq } from '../drivers/netboot/dnsmasq.ts';
import type { NetbootService } from '../machines/metal/metal-parts.ts';
import type { Lab } from './inventory/lab.ts';

type Netboot = NonNullable<Lab['stations'][number]['netboot']>;

/**
 * The netboot services of a station, started for this process: one process a station has them at a time.
 * @throws HwlabError lab `netboot-in-use`, `boot-server-unavailable`, `dhcp-unavailable`, `ipxe-missing`
 */
export async function startNetboot(netboot: Netboot, logFile: string, scope: Scope, deadline: Deadline): Promise<NetbootService> {
  await mkdir(stateFolder(), { recursive: true });
  const lock = await tryFileLock(join(stateFolder(), `netboot-${netboot.interface}.lock`), `boots machines over ${netboot.interface}`);
  if (!('release' in lock)) throw new HwlabError({ code: 'netboot-in-use', blame: 'lab', retryable: true, message: `machines on ${netboot.interface} are booted by another hwlab: ${lock.words}`, advice: 'wait until it has ended' });
  scope.onEnd('netboot lock', async () => lock.release());
  // Under the lock, so what a killed process left in it is nobody's.
  const folder = join(stateFolder(), `netboot-${netboot.interface}`);
  await rm(folder, { recursive: true, force: true });
  scope.onEnd('netboot folder', async () => rm(folder, { recursive: true, force: true }));
  const server = await BootServer.listen({ host: netboot.address, port: netboot.port ?? 0, logFile });
  scope.onEnd('boot server', async () => server[Symbol.asyncDispose]());
  const dhcp = await Dnsmasq.start({ interface: netboot.interface, address: netboot.address, netmask: netboot.netmask, mode: netboot.dhcp, bootUrl: server.url, folder }, deadline);
  scope.onEnd('dnsmasq', async () => dhcp[Symbol.asyncDispose]());
  return { server, dhcp };
}
