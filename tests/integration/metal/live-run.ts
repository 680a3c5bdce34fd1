import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../../harness/db/generated/result.ts';
import type { Rig, Said } from './rig.ts';

/** One cell on the rig's machine: `hwlab run` from its start to its end, in a network namespace where nothing else is. */
export interface LiveRun {
  readonly ran: Said;
  readonly results: readonly Result[];
  /** How the bench was afterwards. */
  readonly bench: string;
  /** The boot server's log. */
  readonly boots: string;
  /** What the machine's console said. */
  readonly console: string;
  /** From asking for the lease to the login over SSH, power-on and network boot in between; and the whole command. */
  readonly seconds: { readonly shell: number; readonly whole: number };
}

/** Power on over the controller, network boot, SSH, an emulated board over USB/IP under one test of its suite, power off. */
export async function liveRun(rig: Rig): Promise<LiveRun> {
  const { folder } = rig;
  const started = performance.now();
  const ran = await rig.hwlab('run', '--image', 'debian-12', '--machine', 'sim-1', '--device', 'arduino-uno-r3', '--suite', 'robotics', '--test', 'signature', '--db', join(folder, 'db'), '--reports', join(folder, 'reports'), '--yes', '--json');
  const whole = (performance.now() - started) / 1000;
  const results = resultsIn(join(folder, 'db', 'results'));
  return {
    ...{ ran, results, bench: await rig.tell('show') },
    boots: readFileSync(join(folder, 'state', 'netboot.log'), 'utf8'),
    console: filesBelow(join(folder, 'reports'), 'console.log').map((file) => readFileSync(file, 'utf8')).join(''),
    seconds: { shell: (results[0]?.timings['restore'] ?? NaN) / 1000, whole },
  };
}

/** All results of a database. */
export function resultsIn(folder: string): readonly Result[] {
  return filesBelow(folder, '.jsonl').flatMap((file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Result));
}

function filesBelow(folder: string, ending: string): readonly string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith(ending)).map((name) => join(folder, name));
}
