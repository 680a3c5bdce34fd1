/** What a test of the lab's machines does inside its network namespace. Prints its findings as JSON on standard output, everything else on standard error. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from '../../../harness/base/deadline.ts';
import { loadLab } from '../../../harness/lab/inventory/read-lab.ts';
import { LabMachines } from '../../../harness/lab/lab-machines.ts';
import { openImage } from '../../../harness/images/open-image.ts';
import { makeSchoolDisk } from '../brought-image/make-school-disk.ts';
import { drills, runDrills } from './drills.ts';
import { Rig } from './rig.ts';

interface Common {
  readonly folder: string;
}

async function suiteOverUsbip({ folder }: Common): Promise<unknown> {
  await using rig = await Rig.open({ folder });
  const status = await rig.hwlab('lab', 'power', 'sim-1', '--json');
  const ran = await rig.hwlab('run', '--image', 'debian-12', '--machine', 'sim-1', '--device', 'arduino-uno-r3', '--suite', 'robotics', '--test', 'signature', '--db', join(folder, 'db'), '--reports', join(folder, 'reports'), '--yes', '--json');
  return { status, ran, bench: await rig.tell('show'), leases: await rig.hwlab('lab', 'status', '--json') };
}

/** A disk that a user brought is written to the machine's, which then starts from it by the firmware that it has. */
async function install({ folder, firmware }: Common & { readonly firmware: 'bios' | 'uefi' }): Promise<unknown> {
  mkdirSync(folder, { recursive: true });
  const school = makeSchoolDisk(await openImage('debian-12', Deadline.after(120_000)), join(folder, 'made'), 'gehe:im');
  const disk = join(folder, 'disk.qcow2');
  execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '6G']);
  const variables = join(folder, 'variables.fd');
  if (firmware === 'uefi') copyFileSync('/usr/share/OVMF/OVMF_VARS_4M.fd', variables);
  await using rig = await Rig.open({ folder, disk, firmware, ...(firmware === 'uefi' ? { uefi: { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', variables } } : {}) });
  rig.environment['HWLAB_CACHE'] = join(folder, 'cache');
  const added = await rig.hwlab('image', 'add', school.file, '--id', 'school', '--login', 'root:gehe:im', '--boot', firmware, '--os', 'School Linux', '--os-version', '4');
  const ran = await rig.hwlab('run', '--image', 'school', '--machine', 'sim-1.installed', '--device', 'arduino-uno-r3', '--suite', 'robotics', '--test', 'signature', '--db', join(folder, 'db'), '--reports', join(folder, 'reports'), '--yes', '--json');
  return { added, ran, bench: await rig.tell('show') };
}

/** The drills whose names begin with one of `only`, or all. */
async function drill({ folder, only, record }: Common & { readonly only?: readonly string[]; readonly record?: string }): Promise<unknown> {
  await using rig = await Rig.open({ folder });
  const chosen = drills.filter(({ fault }) => only?.some((start) => fault.startsWith(start)) ?? true);
  return await runDrills(rig, chosen, record, (line) => void process.stderr.write(`${line}\n`));
}

/** Kills who has the machine at so many moments, `step` milliseconds apart, and lets the next one begin: what it did, and how the machine was before and after. */
async function killed({ folder, points, step }: Common & { readonly points: number; readonly step: number }): Promise<unknown> {
  await using rig = await Rig.open({ folder, inside: 'nothing' });
  process.env['HWLAB_STATE'] = rig.environment['HWLAB_STATE'];
  const lab = await loadLab(rig.labFile);
  const seen = [];
  for (let point = 0; point < points; point += 1) {
    const holder = spawn(process.execPath, [join(import.meta.dirname, 'holder.ts'), rig.labFile, join(folder, `held-${point}`)], { stdio: ['ignore', 'pipe', 'inherit'], env: rig.environment });
    // From the moment at which it asks for the lease.
    await once(holder.stdout, 'data');
    await delay(point * step);
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    const before = await rig.tell('show');
    await using next = new LabMachines({ lab });
    const done = await next.reap(Deadline.after(60_000));
    seen.push({ after: point * step, before, done, now: await rig.tell('show') });
  }
  return seen;
}

const scenarios: Readonly<Record<string, (options: never) => Promise<unknown>>> = { suiteOverUsbip, install, drill, killed };

const [name = '', options = '{}'] = process.argv.slice(2);
const scenario = scenarios[name];
if (!scenario) throw new Error(`no scenario ${name}`);
process.stdout.write(JSON.stringify(await scenario(JSON.parse(options) as never)));
process.exitCode = 0;
