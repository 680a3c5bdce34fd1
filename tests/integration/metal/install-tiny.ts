import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Deadline } from '../../../harness/base/deadline.ts';
import { HwlabError } from '../../../harness/base/hwlab-error.ts';
import { Scope } from '../../../harness/base/scope.ts';
import { consoleOf } from '../../../harness/lab/console-of.ts';
import { bootDeviceNeeded, powerNeeded } from '../../../harness/lab/drivers-of.ts';
import type { BootEvidence } from '../../../harness/machines/metal/boot-evidence.ts';
import { createMetalMachine } from '../../../harness/machines/metal/metal-machine.ts';
import { machineMac, type Rig } from './rig.ts';
import { rigMachine } from './rig-machine.ts';
import { tinyDisk } from './tiny-disk.ts';

export interface TinyInstall {
  readonly code: string;
  readonly blame: string;
  /** The disk of the machine begins with what was to be written. */
  readonly same: boolean;
  /** All of it is as it was. */
  readonly untouched: boolean;
  readonly console: string;
  /** Milliseconds from the last piece of evidence to the verdict. */
  readonly verdictAfter: number;
  readonly power: string;
  readonly milliseconds: number;
}

/** What is on the machine's disk before. */
export const dirt = 'dirt';

/**
 * Writes a disk of twelve mebibytes to the rig's machine by the kernel of the reference image, and starts from it. What it starts prints a login prompt and
 * has no network: the verdict of that is the end.
 */
export async function installTiny(rig: Rig, disk: string): Promise<TinyInstall> {
  const started = performance.now();
  const deadline = Deadline.after(5 * 60_000);
  await using scope = new Scope();
  const { entry, netboot, reference: installer } = await rigMachine(rig, scope, deadline);
  const content = tinyDisk(12);
  const file = join(rig.folder, 'tiny.raw');
  writeFileSync(file, content);
  const image = { id: 'tiny', sha256: createHash('sha256').update(content).digest('hex'), disk: file, record: { format: 'raw', boot: 'bios', login: { username: 'root', password: 'x' } }, manifest: { files: {} } } as const;
  const serial = await consoleOf(entry);
  const folder = join(rig.folder, 'install');
  mkdirSync(folder);
  const machine = createMetalMachine({
    ...{ id: entry.id, mac: machineMac, simulator: true, address: '10.77.0.2', firmware: entry.firmware, netboot, image, installer, boot: { mode: 'installed', disk: '/dev/vda' } },
    ...{ power: await powerNeeded(entry), bootDevice: await bootDeviceNeeded(entry), patience: { firmware: 180_000, quiet: 120_000, stall: 60_000, shell: 3000 } },
    ...(serial ? { console: serial } : {}),
  });
  const error = await machine.start({ runId: 'tiny', slot: 0, boot: 'cold', deadline, folder }).then(async (running) => running[Symbol.asyncDispose](), (thrown: unknown) => thrown);
  const seen = error instanceof HwlabError ? error : new HwlabError({ code: 'no-error', blame: 'harness', message: String(error) });
  const kept = join(folder, 'boot-evidence.json');
  const evidence = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as BootEvidence) : undefined;
  const written = readFileSync(disk);
  const prompt = evidence?.lines.find(({ text }) => text.includes('login:'))?.at;
  return {
    ...{ code: seen.code, blame: seen.blame, same: written.subarray(0, content.length).equals(content), untouched: written.equals(Buffer.alloc(written.length, dirt)), console: readFileSync(join(folder, 'console.log'), 'utf8') },
    verdictAfter: evidence && prompt !== undefined ? Math.round(evidence.now - prompt) : NaN,
    power: await rig.tell('show'),
    milliseconds: Math.round(performance.now() - started),
  };
}
