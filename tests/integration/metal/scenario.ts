/** What a test of the lab's machines does inside its network namespace. Prints its findings as JSON on standard output, everything else on standard error. */
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from '../../../harness/base/deadline.ts';
import { loadLab } from '../../../harness/lab/inventory/read-lab.ts';
import { LabMachines } from '../../../harness/lab/lab-machines.ts';
import { openImage } from '../../../harness/images/open-image.ts';
import { makeSchoolDisk } from '../brought-image/make-school-disk.ts';
import { drills, runDrills } from './drills.ts';
import { dhcpClients } from './dhcp.ts';
import { dirt, installTiny } from './install-tiny.ts';
import { labCommands } from './lab-commands.ts';
import { type LiveRun, liveRun, resultsIn } from './live-run.ts';
import { mixedPlan } from './mixed-plan.ts';
import { bmcPassword, openRigs, Rig, type RigOptions } from './rig.ts';
import { filesWith, processSpy } from './secret-spy.ts';

interface Common {
  readonly folder: string;
}

/**
 * One plan for a virtual machine and a machine of the bench. The lab file calls the latter a real one and a product of the database, which is a lie:
 * what its own parts say must still not be taken for evidence of the laboratory.
 */
async function mixedNight({ folder }: Common): Promise<unknown> {
  await using rig = await Rig.open({ folder, lies: true });
  const plan = join(folder, 'plan.yaml');
  writeFileSync(plan, JSON.stringify(mixedPlan));
  using spy = processSpy(bmcPassword);
  const ran = await rig.hwlab('nightly', '--plan', plan, '--slots', '2', '--db', join(folder, 'db'), '--reports', join(folder, 'reports'), '--yes', '--json');
  const history = await rig.hwlab('lab', 'history', 'sim-1', '--json');
  const lint = await rig.hwlab('db', 'lint', '--db', join(folder, 'db'), '--json');
  return { ran, results: resultsIn(join(folder, 'db', 'results')), bench: await rig.tell('show'), history, lint, seenInProcessList: spy.seen(), seenInFiles: filesWith(folder, bmcPassword) };
}

/** The shortest way from power on to power off, on a network of the lab's own. */
async function live({ folder }: Common): Promise<LiveRun> {
  await using rig = await Rig.open({ folder });
  return await liveRun(rig);
}

/** A live start of a UEFI machine on a network where the school's own server gives the addresses. */
async function besideSchool({ folder, firmware }: Common & { readonly firmware: 'bios' | 'uefi' }): Promise<LiveRun & { readonly school: string }> {
  mkdirSync(folder, { recursive: true });
  await using rig = await Rig.open({ folder, beside: true, ...firmwareOf(firmware, folder) });
  return { ...(await liveRun(rig)), school: readFileSync(join(folder, 'school.log'), 'utf8').slice(-20_000) };
}

/** The commands of a person at the bench, on a machine that boots nothing. */
async function commands({ folder }: Common): Promise<unknown> {
  await using rig = await Rig.open({ folder, inside: 'nothing', dead: 19 });
  return await labCommands(rig);
}

/** Who is given an address and told what to boot, on a network of the lab's own and beside a school's server. */
async function dhcp({ folder, beside }: Common & { readonly beside: boolean }): Promise<unknown> {
  await using rig = await Rig.open({ folder, inside: 'nothing', beside });
  return await dhcpClients(rig);
}

/** A small disk written to the machine's, which is so large, read back, and started from: the whole path but a system at its end. */
async function short({ folder, mebibytes, pxeOrder = false }: Common & { readonly mebibytes: number; readonly pxeOrder?: boolean }): Promise<unknown> {
  mkdirSync(folder, { recursive: true });
  const disk = join(folder, 'disk');
  writeFileSync(disk, Buffer.alloc(mebibytes * 2 ** 20, dirt));
  await using rig = await Rig.open({ folder, disk, pxeOrder });
  return await installTiny(rig, disk);
}

/** A disk that a user brought is written to the machine's, which then starts from it by the firmware that it has. */
async function install({ folder, firmware }: Common & { readonly firmware: 'bios' | 'uefi' }): Promise<unknown> {
  mkdirSync(folder, { recursive: true });
  const school = makeSchoolDisk(await openImage('debian-12', Deadline.after(120_000)), join(folder, 'made'), 'gehe:im', 1600);
  const disk = join(folder, 'disk');
  execFileSync('truncate', ['--size', '3G', disk]);
  await using rig = await Rig.open({ folder, disk, ...firmwareOf(firmware, folder) });
  rig.environment['HWLAB_CACHE'] = join(folder, 'cache');
  const added = await rig.hwlab('image', 'add', school.file, '--id', 'school', '--login', 'root:gehe:im', '--boot', firmware, '--os', 'School Linux', '--os-version', '4');
  const ran = await rig.hwlab('run', '--image', 'school', '--machine', 'sim-1.installed', '--device', 'arduino-uno-r3', '--suite', 'robotics', '--test', 'signature', '--db', join(folder, 'db'), '--reports', join(folder, 'reports'), '--yes', '--json');
  return { added, ran, bench: await rig.tell('show') };
}

/** UEFI with variables of its own. */
function firmwareOf(firmware: 'bios' | 'uefi', folder: string): Pick<RigOptions, 'firmware' | 'uefi'> {
  if (firmware === 'bios') return { firmware };
  const variables = join(folder, 'variables.fd');
  copyFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd', variables);
  return { firmware, uefi: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables } };
}

/** The drills whose names begin with one of `only`, or all. */
async function drill({ folder, only, record }: Common & { readonly only?: readonly string[]; readonly record?: string }): Promise<unknown> {
  await using rig = await Rig.open({ folder });
  const chosen = drills.filter(({ fault }) => only?.some((start) => fault.startsWith(start)) ?? true);
  return await runDrills(rig, chosen, record, (line) => void process.stderr.write(`${line}\n`));
}

/**
 * Kills who has the machine at these milliseconds after it asked for the lease, and lets the next one begin: what that did, and how the machine was before and
 * after. Then one more takes it, undisturbed.
 */
async function killed({ folder, at }: Common & { readonly at: readonly number[] }): Promise<unknown> {
  await using rig = await Rig.open({ folder });
  process.env['HWLAB_STATE'] = rig.environment['HWLAB_STATE'];
  const lab = await loadLab(rig.labFile);
  const hold = (name: string): ReturnType<typeof holder> => holder(rig, join(folder, name));
  const seen = [];
  for (const [index, after] of at.entries()) {
    const own = hold(`held-${index}`);
    // A start that fails by itself before its moment is over, too.
    const ended = once(own, 'exit');
    await once(own.stdout, 'data');
    await Promise.race([delay(after), ended]);
    own.kill('SIGKILL');
    await ended;
    const before = await rig.tell('show');
    await using next = new LabMachines({ lab });
    const done = await next.reap(Deadline.after(60_000));
    seen.push({ after, before, done, now: await rig.tell('show'), reached: reached(join(folder, `held-${index}`)) });
  }
  const undisturbed = async (name: string): Promise<number | null> => ((await once(hold(name), 'exit')) as [number | null])[0];
  // Twice at most: where the host is busy, the emulated timer comes so late that the kernel panics at its own check of it ("IO-APIC + timer doesn't work").
  const last = (await undisturbed('last')) === 0 ? 0 : await undisturbed('last-again');
  return { seen, last, bench: await rig.tell('show') };
}

function holder(rig: Rig, folder: string): ChildProcessByStdio<null, Readable, null> {
  return spawn('setpriv', ['--pdeathsig', 'INT', process.execPath, join(import.meta.dirname, 'holder.ts'), rig.labFile, folder], { stdio: ['ignore', 'pipe', 'inherit'], env: rig.environment });
}

/** The last marker of the start that its console shows. */
function reached(folder: string): string {
  const file = join(folder, 'console.log');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return [...text.matchAll(/LAB-NETBOOT (\w+)/g)].at(-1)?.[1] ?? 'nothing';
}

const scenarios: Readonly<Record<string, (options: never) => Promise<unknown>>> = { live, short, commands, dhcp, mixedNight, besideSchool, install, drill, killed };

const [name = '', options = '{}'] = process.argv.slice(2);
const scenario = scenarios[name];
if (!scenario) throw new Error(`no scenario ${name}`);
// Whoever interrupts a test finds no machine, no daemon and no controller of it afterwards.
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void Promise.allSettled([...openRigs].map(async (rig) => rig[Symbol.asyncDispose]())).then(() => process.exit(128 + 15)));
}
process.stdout.write(JSON.stringify(await scenario(JSON.parse(options) as never)));
process.exitCode = 0;
