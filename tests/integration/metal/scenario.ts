/** What a test of the lab's machines does inside its network namespace. Prints its findings as JSON on standard output, everything else on standard error. */
import { join } from 'node:path';
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

/** The drills whose names begin with one of `only`, or all. */
async function drill({ folder, only, record }: Common & { readonly only?: readonly string[]; readonly record?: string }): Promise<unknown> {
  await using rig = await Rig.open({ folder });
  const chosen = drills.filter(({ fault }) => only?.some((start) => fault.startsWith(start)) ?? true);
  return runDrills(rig, chosen, record, (line) => void process.stderr.write(`${line}\n`));
}

const scenarios: Readonly<Record<string, (options: never) => Promise<unknown>>> = { suiteOverUsbip, drill };

const [name = '', options = '{}'] = process.argv.slice(2);
const scenario = scenarios[name];
if (!scenario) throw new Error(`no scenario ${name}`);
process.stdout.write(JSON.stringify(await scenario(JSON.parse(options) as never)));
process.exitCode = 0;
