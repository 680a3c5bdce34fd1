import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import { percentile } from '../median.ts';
import { nameOf } from './generate-database.ts';

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

/** Starts `hwlab serve` on one core, loopback only, asks it one by one and then 200 times a second. */
export async function measureServer(folder: string, models: number, say: (line: string) => void): Promise<ServerFigures> {
  const server = spawn('taskset', ['-c', '0', join(projectRoot, 'hwlab'), 'serve', '--port', '0', '--db', folder, '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
    const { address } = JSON.parse(line) as { readonly address: string };
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const ask = (path: string): Promise<number> =>
      new Promise((done, failed) => {
        const startedAt = performance.now();
        const asked = get(`${address}${path}`, { agent }, (response) => {
          response.resume();
          response.once('end', () => (response.statusCode === 200 ? done(performance.now() - startedAt) : failed(new Error(`${path}: ${response.statusCode}`))));
        });
        // The server ends a connection that was idle for seconds; whoever just took it up again asks once more, as browsers do.
        asked.once('error', (error: NodeJS.ErrnoException) => (asked.reusedSocket && error.code === 'ECONNRESET' ? ask(path).then(done, failed) : failed(error)));
      });
    for (let number = 0; number < 500; number += 1) await ask(pathOf(number, models));
    say(`lookup: asking the server one by one, for its processor time`);
    const costs: number[] = [];
    for (let number = 0; number < rate * seconds; number += 1) {
      const before = processorTime(server.pid);
      await ask(pathOf(500 + number, models));
      costs.push(processorTime(server.pid) - before);
    }
    const alone = queued(costs, 1000 / rate);
    say(`lookup: asking the server ${rate} times a second for ${seconds} s`);
    const startedAt = performance.now();
    const times: Promise<number>[] = [];
    for (let number = 0; number < rate * seconds; number += 1) {
      const due = startedAt + (number * 1000) / rate;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      times.push(ask(pathOf(500 + rate * seconds + number, models)));
    }
    const all = await Promise.all(times);
    const took = (performance.now() - startedAt) / 1000;
    agent.destroy();
    return {
      apiP50: percentile(all, 0.5),
      apiP99: percentile(all, 0.99),
      apiRate: Math.round(all.length / took),
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

/** Milliseconds that the threads of a process were on a core: the first field, in nanoseconds, of the kernel's sched-stats of each; taskset and the launcher became it. */
function processorTime(process: number | undefined): number {
  const tasks = readdirSync(`/proc/${process}/task`);
  return tasks.reduce((sum, task) => sum + Number(readFileSync(`/proc/${process}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e6;
}

function pathOf(number: number, models: number): string {
  const device = (number * 7919) % models;
  if (number % 2 === 0) return `/api/v1/devices/model-${device}`;
  const name = nameOf(device).toLowerCase();
  return `/api/v1/search?q=${encodeURIComponent(name.slice(0, 2 + (number % (name.length - 2))))}`;
}
