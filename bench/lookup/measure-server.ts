import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { projectRoot } from '../../harness/base/places.ts';
import { percentile } from '../median.ts';
import type { Asked } from './ask-server.ts';

const rate = 200;
const seconds = 10;

/** How a server answers half searches, half answers for devices. Milliseconds. */
export interface ServerFigures {
  /** At 200 requests a second, as the asker sees it: with whatever else the machine does. */
  readonly apiP50: number;
  readonly apiP99: number;
  readonly apiRate: number;
  /** Processor time of a request, all threads, garbage collection too. */
  readonly apiCpuMs: number;
  readonly apiCpuP99: number;
  /** The same requests at 200 a second on a core that nobody else uses: a queue of the processor times that each of them took. */
  readonly apiAloneP50: number;
  readonly apiAloneP99: number;
}

/** Starts `hwlab serve` on one core, loopback only, and asks it from another: one by one, and then 200 times a second. */
export async function measureServer(folder: string, models: number, say: (line: string) => void): Promise<ServerFigures> {
  const server = spawn('taskset', ['-c', '0', join(projectRoot, 'hwlab'), 'serve', '--port', '0', '--db', folder, '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
    const { address } = JSON.parse(line) as { readonly address: string };
    say(`lookup: asking the server one by one for its processor time, then ${rate} times a second for ${seconds} s`);
    // taskset and the launcher became the server.
    const question = [join(import.meta.dirname, 'ask-server.ts'), address, String(server.pid), String(models), String(rate), String(seconds)];
    const other = availableParallelism() > 1 ? ['taskset', '-c', '1', process.execPath] : [process.execPath];
    const { stdout } = await promisify(execFile)(other[0] ?? process.execPath, [...other.slice(1), ...question], { maxBuffer: 64 * 1024 ** 2 });
    const { costs, times, seconds: took } = JSON.parse(stdout) as Asked;
    const alone = queued(costs, 1000 / rate);
    return {
      apiP50: percentile(times, 0.5),
      apiP99: percentile(times, 0.99),
      apiRate: Math.round(times.length / took),
      apiCpuMs: costs.reduce((sum, each) => sum + each, 0) / costs.length,
      apiCpuP99: percentile(costs, 0.99),
      apiAloneP50: percentile(alone, 0.5),
      apiAloneP99: percentile(alone, 0.99),
    };
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
}

/** How long each of the requests is on its way that come at a steady pace to one core, which takes one after the other. */
export function queued(costs: readonly number[], every: number): readonly number[] {
  let free = 0;
  return costs.map((cost, number) => {
    const came = number * every;
    free = Math.max(free, came) + cost;
    return free - came;
  });
}
