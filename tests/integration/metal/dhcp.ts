import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Deadline } from '../../../harness/base/deadline.ts';
import { Scope } from '../../../harness/base/scope.ts';
import type { DhcpEvent } from '../../../harness/drivers/netboot/dhcp-event.ts';
import { loadLab } from '../../../harness/lab/inventory/read-lab.ts';
import { startNetboot } from '../../../harness/lab/netboot-of.ts';
import { machineMac, type Rig } from './rig.ts';

/** What pxe-client.ts was told as firmware and as iPXE. */
export interface Told {
  readonly addresses: readonly string[];
  /** To be fetched next; empty where nobody says. */
  readonly file: string;
}

/** What one client met. */
export interface DhcpMet {
  readonly told: { readonly firmware: Told; readonly ipxe: Told };
  /** What our server told of it, in order. */
  readonly ours: readonly DhcpEvent['kind'][];
}

const strangerMac = '52:54:00:99:00:01';
const clientAddress = '10.77.0.77';

/** A client with the machine's address and one that nobody knows ask on the rig's network as UEFI's network boot does; the boot services run as for a start of the machine. */
export async function dhcpClients(rig: Rig): Promise<{ readonly machine: DhcpMet; readonly stranger: DhcpMet }> {
  await using scope = new Scope();
  const deadline = Deadline.after(120_000);
  process.env['HWLAB_STATE'] = rig.environment['HWLAB_STATE'];
  const station = (await loadLab(rig.labFile)).stations[0]?.netboot;
  if (!station) throw new Error('the rig has no netboot');
  const { dhcp } = await startNetboot(station, join(rig.folder, 'netboot.log'), scope, deadline);
  await dhcp.allow({ mac: machineMac, id: 'sim-1', ...(station.dhcp === 'server' ? { address: '10.77.0.2' } : {}) });
  const met = async (mac: string, name: string): Promise<DhcpMet> => {
    const told = await ask(mac, name);
    return { told, ours: dhcp.events.filter((event) => event.mac === mac).map(({ kind }) => kind) };
  };
  return { machine: await met(machineMac, 'machine'), stranger: await met(strangerMac, 'stranger') };
}

/** A client behind a cable into the rig's bridge, in a network namespace of its own: what it is offered. */
async function ask(mac: string, name: string): Promise<DhcpMet['told']> {
  const place = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--net', 'sh', '-c', 'echo there; exec sleep infinity'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(place.stdout, 'data');
    const inside = ['--target', String(place.pid), '--net'];
    execFileSync('ip', ['link', 'add', `${name}0`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(place.pid)]);
    execFileSync('ip', ['link', 'set', `${name}0`, 'master', 'lab0', 'up']);
    for (const words of [['link', 'set', 'eth0', 'address', mac, 'up'], ['addr', 'add', `${clientAddress}/24`, 'brd', '+', 'dev', 'eth0'], ['route', 'add', 'default', 'dev', 'eth0']]) execFileSync('nsenter', [...inside, 'ip', ...words]);
    const { stdout } = await promisify(execFile)('nsenter', [...inside, process.execPath, join(import.meta.dirname, 'pxe-client.ts'), mac, clientAddress]);
    return JSON.parse(stdout) as DhcpMet['told'];
  } finally {
    const ended = once(place, 'close');
    place.kill('SIGKILL');
    await ended;
  }
}
