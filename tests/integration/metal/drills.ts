import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Deadline } from '../../../harness/base/deadline.ts';
import { HwlabError } from '../../../harness/base/hwlab-error.ts';
import { Scope } from '../../../harness/base/scope.ts';
import { bootBytes, type BootFile } from '../../../harness/drivers/netboot/boot-file.ts';
import { tarHeader } from '../../../harness/images/netboot/tar.ts';
import { consoleOf } from '../../../harness/lab/console-of.ts';
import { bootDeviceNeeded, powerNeeded } from '../../../harness/lab/drivers-of.ts';
import type { BootEvidence, BootPatience } from '../../../harness/machines/metal/boot-evidence.ts';
import { classifyBoot } from '../../../harness/machines/metal/classify-boot.ts';
import { createMetalMachine } from '../../../harness/machines/metal/metal-machine.ts';
import type { NetbootService } from '../../../harness/machines/metal/metal-parts.ts';
import { machineMac, type Rig } from './rig.ts';
import { rigMachine } from './rig-machine.ts';

export interface Drill {
  readonly fault: string;
  readonly code: string;
  readonly blame: string;
  /** Changes what is served. */
  readonly files?: (files: Map<string, BootFile>) => void;
  readonly dhcp?: 'silent';
  /** One line to the bench before the start, and one when the console says `when`. */
  readonly before?: string;
  readonly then?: { readonly when: RegExp | 'on'; readonly say: string };
  readonly patience?: Partial<BootPatience>;
}

const stalls = (size: number, after: number): BootFile => ({ size, open: () => new Readable({ read() { if (after > 0) { this.push(Buffer.alloc(after)); after = 0; } } }) });
const cut = (file: BootFile): BootFile => ({ size: file.size, open: (start) => file.open(start, start + Math.floor((file.size - start) / 2)) });
const damaged = (file: BootFile): BootFile => ({ size: file.size, open: (start, end) => Readable.from((async function* () {
  let at = start;
  for await (const piece of file.open(start, end)) {
    const bytes = Buffer.from(piece as Buffer);
    const place = Math.floor(file.size / 2) - at;
    if (place >= 0 && place < bytes.length) bytes[place] = (bytes[place] ?? 0) ^ 1;
    at += bytes.length;
    yield bytes;
  }
})()) });
const change = (name: string, by: (file: BootFile) => BootFile) => (files: Map<string, BootFile>): void => {
  const file = files.get(name);
  if (file) files.set(name, by(file));
};
/** A seed after which the system has no SSH server. */
const withoutSsh = (file: BootFile): BootFile => {
  const mask = tarHeader({ path: 'etc/systemd/system/ssh.service', type: 'link', mode: 0o777, uid: 0, gid: 0, mtime: 0, size: 0, target: '/dev/null' });
  const whole = { size: mask.length + file.size, open: () => Readable.from((async function* () { yield mask; yield* file.open(0, file.size) as AsyncIterable<Buffer>; })()) };
  return whole;
};

/** Seconds each takes under software emulation: those of the firmware 10 to 40, those of the system one to two minutes. */
export const drills: readonly Drill[] = [
  // First: who was given an address once is given it again.
  { fault: 'silent DHCP', code: 'no-dhcp', blame: 'lab', dhcp: 'silent' },
  { fault: 'kernel that the server does not have', code: 'boot-file-missing', blame: 'lab', files: (files) => void files.delete('kernel') },
  { fault: 'file that is no kernel', code: 'not-a-kernel', blame: 'product', files: (files) => void files.set('kernel', bootBytes(Buffer.alloc(4 * 2 ** 20, 'no kernel '))) },
  { fault: 'kernel cut in the middle', code: 'boot-transfer-cut', blame: 'lab', files: change('kernel', cut) },
  { fault: 'kernel that stands still in the middle', code: 'boot-transfer-stalled', blame: 'lab', files: change('kernel', (file) => stalls(file.size, 2 ** 20)), patience: { stall: 8000 } },
  { fault: 'serial cable that is pulled out', code: 'no-console', blame: 'lab', before: 'serial cut' },
  { fault: 'firmware that hangs', code: 'firmware-hang', blame: 'lab', then: { when: 'on', say: 'freeze' }, patience: { firmware: 20_000 } },
  { fault: 'outlet that goes off', code: 'machine-lost-power', blame: 'lab', then: { when: /iPXE/, say: 'unplug' } },
  { fault: 'power button that does nothing', code: 'power-cycle-interrupted', blame: 'lab', before: 'fault stuck' },
  { fault: 'first root that is none', code: 'guest-panicked', blame: 'product', files: (files) => void files.set('initrd', bootBytes(Buffer.alloc(65_536, 'no root '))) },
  { fault: 'root with one wrong bit', code: 'bad-checksum', blame: 'lab', files: change('root.squashfs', damaged) },
  { fault: 'system that hangs', code: 'guest-hang', blame: 'product', then: { when: /LAB-NETBOOT linux/, say: 'freeze' }, patience: { quiet: 20_000 } },
  { fault: 'system without an SSH server', code: 'ssh-refused', blame: 'product', files: change('seed.tar', withoutSsh) },
];

export interface DrillOutcome {
  readonly fault: string;
  readonly code: string;
  readonly blame: string;
  readonly message: string;
  /** From the power-on, or from the begin, to the verdict. */
  readonly seconds: number;
  /** From the moment at which the last of what shows it was there, for a silence its end, to the verdict; where the switch itself does not obey, from when it was asked. */
  readonly secondsAfterEvidence: number;
}

/** Drives the starts of the rig's machine into the faults, one after the other, and says what each was taken for. */
export async function runDrills(rig: Rig, chosen: readonly Drill[], record: string | undefined, tell: (line: string) => void): Promise<readonly DrillOutcome[]> {
  const deadline = Deadline.after(60 * 60_000);
  await using scope = new Scope();
  const { entry, netboot, reference: image } = await rigMachine(rig, scope, deadline);
  const outcomes: DrillOutcome[] = [];
  for (const [index, drill] of chosen.entries()) {
    const folder = join(rig.folder, `drill-${index}`);
    mkdirSync(folder);
    const serial = await consoleOf(entry);
    const service: NetbootService = {
      server: { arm: (run) => { const files = new Map(run.files); drill.files?.(files); return netboot.server.arm({ ...run, files }); } },
      dhcp: { events: netboot.dhcp.events, allow: async (host) => (drill.dhcp === 'silent' ? Promise.resolve() : netboot.dhcp.allow(host)) },
    };
    const patience = { firmware: 180_000, quiet: 120_000, stall: 15_000, shell: 30_000, ...drill.patience };
    if (drill.before !== undefined) await rig.tell(drill.before);
    const power = await powerNeeded(entry);
    let asked = NaN;
    const watched = { ...power, on: async (...args: Parameters<typeof power.on>) => { asked = performance.now(); await power.on(...args); if (drill.then?.when === 'on') await rig.tell(drill.then.say); } };
    const machine = createMetalMachine({
      id: entry.id, mac: machineMac, simulator: true, address: '10.77.0.2', firmware: entry.firmware, power: watched, bootDevice: await bootDeviceNeeded(entry), netboot: service, image, boot: { mode: 'live' }, patience,
      ...(serial ? { console: async () => {
        const console = await serial();
        const { then } = drill;
        if (then && then.when !== 'on') {
          let said = false;
          console.onLine(({ text }) => { if (!said && then.when instanceof RegExp && then.when.test(text)) { said = true; void rig.tell(then.say); } });
        }
        return console;
      } } : {}),
    });
    const started = performance.now();
    const error = await machine.start({ runId: `drill-${index}`, slot: 0, boot: 'warm', deadline: deadline.within(4 * 60_000), folder }).then(async (running) => { await running[Symbol.asyncDispose](); return undefined; }, (thrown: unknown) => thrown);
    const ended = performance.now();
    await rig.tell('serial whole');
    await rig.tell('fault none');
    await rig.tell('unplug');
    const seen = error instanceof HwlabError ? error : new HwlabError({ code: 'no-error', blame: 'harness', message: error === undefined ? 'it came up' : String(error) });
    const kept = join(folder, 'boot-evidence.json');
    const evidence = existsSync(kept) ? (JSON.parse(readFileSync(kept, 'utf8')) as BootEvidence) : undefined;
    const late = evidence ? evidence.now - (classifyBoot(evidence, patience)?.at ?? NaN) : ended - asked;
    const outcome = { fault: drill.fault, code: seen.code, blame: seen.blame, message: seen.message, seconds: Math.round((ended - started) / 1000), secondsAfterEvidence: Math.round(late / 1000) };
    outcomes.push(outcome);
    tell(`${outcome.seconds} s, ${outcome.secondsAfterEvidence} s after its evidence: ${outcome.fault}: ${outcome.code} (${outcome.blame}) ${outcome.message}`);
    if (record !== undefined && evidence) {
      const recording = { origin: 'tests/integration/metal/drills.ts on the simulated machine', fault: drill.fault, code: drill.code, blame: drill.blame, patience, evidence: { ...evidence, lines: evidence.lines.slice(-300) } };
      mkdirSync(record, { recursive: true });
      writeFileSync(join(record, `${drill.fault.replaceAll(' ', '-')}.json`), `${JSON.stringify(recording, undefined, 1)}\n`);
    }
  }
  return outcomes;
}
