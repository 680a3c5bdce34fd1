import { spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';

/** What a command left behind. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `./hwlab` of a checkout, this one by default, to its end. */
export async function spawnHwlab(args: readonly string[], options: Pick<SpawnOptions, 'cwd' | 'env'> = {}, checkout: string = projectRoot): Promise<Ended> {
  const child = spawn(join(checkout, 'hwlab'), args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += String(data)));
  child.stderr.on('data', (data) => (stderr += String(data)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}
