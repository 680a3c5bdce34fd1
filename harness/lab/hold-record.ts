import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';
import { runtimeFolder } from '../base/places.ts';
import type { MachineAccess } from '../machines/machine.ts';
import { ownerLives, readOwner, thisOwner, writeOwner } from '../machines/machine-owner.ts';

/** A machine that is kept for a person, with the emulated device on it: `<runtime>/h/<id>/hold.json`. */
export interface HoldRecord {
  readonly id: string;
  /** The night or run that it belongs to. */
  readonly runId: string;
  readonly cell: string;
  /** The test behind which it is kept, and what that test said; none before the first test. */
  readonly test?: string;
  readonly said?: string;
  /** ISO 8601. */
  readonly since: string;
  readonly until: string;
  readonly ssh: MachineAccess['ssh'];
  readonly console: string;
  /** Name of the libvirt domain, of a virtual machine. */
  readonly domain?: string;
  /** Unix socket of its first screen (VNC). */
  readonly vnc?: string;
  /** What the cell left so far. */
  readonly evidence: string;
}

/** Seconds that a machine is kept at most, however often that is extended. */
export const longestHold = 24 * 3600;

/** Folder of all kept machines; a folder each, labelled with its owner, the process that holds the device. */
export function holdsRoot(): string {
  return join(runtimeFolder(), 'h');
}

export function holdFolder(id: string): string {
  return join(holdsRoot(), id);
}

/** Where the process of the cell listens. */
export function holdSocket(id: string): string {
  return join(holdFolder(id), 'control');
}

export function holdScreenshot(id: string): string {
  return join(holdFolder(id), 'screenshot.png');
}

/** Makes the folder of a kept machine and writes its record; also when the record changes. */
export async function writeHold(record: HoldRecord): Promise<void> {
  const folder = holdFolder(record.id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(join(folder, 'owner.json'))) await writeOwner(folder, thisOwner(record.runId));
  await writeFile(knownHosts(record.id), `[${record.ssh.host}]:${record.ssh.port} ${record.ssh.hostKey}\n`, { mode: 0o600 });
  const draft = join(folder, 'hold.json.new');
  await writeFile(draft, JSON.stringify(record), { mode: 0o600 });
  await rename(draft, join(folder, 'hold.json'));
}

export async function removeHold(id: string): Promise<void> {
  await rm(holdFolder(id), { recursive: true, force: true });
}

/** undefined if there is none of this id whose process lives. */
export async function readHold(id: string): Promise<HoldRecord | undefined> {
  if (!/^[a-z2-7]{1,12}$/.test(id)) return undefined;
  const owner = await readOwner(holdFolder(id));
  if (!owner || !ownerLives(owner)) return undefined;
  try {
    return JSON.parse(await readFile(join(holdFolder(id), 'hold.json'), 'utf8')) as HoldRecord;
  } catch {
    return undefined;
  }
}

/** All machines that are kept now, oldest first. */
export async function listHolds(): Promise<readonly HoldRecord[]> {
  const records = await Promise.all((await readdir(holdsRoot()).catch(() => [])).map(readHold));
  return records.filter((record) => record !== undefined).sort((a, b) => a.since.localeCompare(b.since));
}

/** The one that is asked for; the only one when nothing was asked. @throws HwlabError usage `no-such-hold` or `which-hold` */
export async function findHold(id: string | undefined): Promise<HoldRecord> {
  const holds = await listHolds();
  const known = holds.map((hold) => hold.id);
  if (id === undefined) {
    const [only, ...more] = holds;
    if (only && more.length === 0) return only;
    throw only
      ? new HwlabError({ code: 'which-hold', blame: 'usage', message: `${holds.length} machines are kept: ${known.join(', ')}`, advice: 'name one of them' })
      : new HwlabError({ code: 'no-such-hold', blame: 'usage', message: 'no machine is kept now', advice: 'keep one: ./hwlab repro RESULT --hold fail' });
  }
  const found = holds.find((hold) => hold.id === id);
  if (found) return found;
  throw new HwlabError({ code: 'no-such-hold', blame: 'usage', message: `no machine is kept as "${id}"${didYouMean(id, known)}`, advice: 'what is kept now: ./hwlab hold list' });
}

/** Arguments for ssh(1) that lead into the machine, and refuse any other that answers there. */
export function sshArguments({ id, ssh }: HoldRecord): readonly string[] {
  const key = ssh.privateKeyFile === undefined ? [] : ['-i', ssh.privateKeyFile, '-o', 'IdentitiesOnly=yes'];
  return [...key, '-o', `UserKnownHostsFile=${knownHosts(id)}`, '-o', 'StrictHostKeyChecking=yes', '-p', String(ssh.port), `${ssh.username}@${ssh.host}`];
}

/** How to get in, a line each. */
export function holdLines(record: HoldRecord): readonly string[] {
  const { id } = record;
  const shot = holdScreenshot(id);
  return [
    `kept as ${id} until ${record.until.slice(11, 16)} UTC: ${record.cell}${record.test === undefined ? ', before its first test' : `, behind "${record.test}"`}`,
    ...(record.said === undefined ? [] : [`  said        ${record.said}`]),
    `  shell       ./hwlab hold shell ${id}`,
    `              ssh ${sshArguments(record).join(' ')}${record.ssh.privateKeyFile === undefined ? '   (password: that of the image)' : ''}`,
    `  device      ./hwlab hold device ${id}            plug, unplug, paper out, touch, fault ...`,
    `  console     ${record.console}`,
    ...(existsSync(shot) ? [`  screen      ${shot}`, `              ./hwlab hold screenshot ${id}            as it is now`] : []),
    ...(record.vnc === undefined ? [] : [`  VNC         ./hwlab hold vnc ${id}            for a viewer on this host, or through ssh -L`]),
    `  evidence    ${record.evidence}`,
    `  time line   ./hwlab trace ${dirname(record.evidence)}`,
    `  longer      ./hwlab hold extend ${id} 60`,
    `  let go      ./hwlab hold release ${id}`,
  ];
}

function knownHosts(id: string): string {
  return join(holdFolder(id), 'known_hosts');
}
