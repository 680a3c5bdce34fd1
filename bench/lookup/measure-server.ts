import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import { percentile } from '../median.ts';
import { nameOf } from './generate-database.ts';

const rate = 200;
const seconds = 10;

/** Starts `hwlab serve` on one core, loopback only, and asks it 200 times a second: half searches, half answers. Milliseconds. */
export async function measureServer(folder: string, models: number, say: (line: string) => void): Promise<{ readonly apiP50: number; readonly apiP99: number; readonly apiRate: number; readonly apiCpuMs: number }> {
  const server = spawn('taskset', ['-c', '0', join(projectRoot, 'hwlab'), 'serve', '--port', '0', '--db', folder, '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
    const { address } = JSON.parse(line) as { readonly address: string };
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const ask = (path: string): Promise<number> =>
      new Promise((done, failed) => {
        const startedAt = performance.now();
        get(`${address}${path}`, { agent }, (response) => {
          response.resume();
          response.once('end', () => (response.statusCode === 200 ? done(performance.now() - startedAt) : failed(new Error(`${path}: ${response.statusCode}`))));
        }).once('error', failed);
      });
    for (let number = 0; number < 200; number += 1) await ask(pathOf(number, models));
    say(`lookup: asking the server ${rate} times a second for ${seconds} s`);
    const cpuBefore = processorTime(server.pid);
    const startedAt = performance.now();
    const times: Promise<number>[] = [];
    for (let number = 0; number < rate * seconds; number += 1) {
      const due = startedAt + (number * 1000) / rate;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      times.push(ask(pathOf(number, models)));
    }
    const all = await Promise.all(times);
    const took = (performance.now() - startedAt) / 1000;
    agent.destroy();
    return { apiP50: percentile(all, 0.5), apiP99: percentile(all, 0.99), apiRate: Math.round(all.length / took), apiCpuMs: (processorTime(server.pid) - cpuBefore) / all.length };
  } finally {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
}

/** Milliseconds of processor time that a process has used (proc(5): fields 14 and 15 of stat, in hundredths of a second on Linux); taskset and the launcher became it. */
function processorTime(process: number | undefined): number {
  const fields = readFileSync(`/proc/${process}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function pathOf(number: number, models: number): string {
  const device = (number * 7919) % models;
  if (number % 2 === 0) return `/api/v1/devices/model-${device}`;
  const name = nameOf(device).toLowerCase();
  return `/api/v1/search?q=${encodeURIComponent(name.slice(0, 2 + (number % (name.length - 2))))}`;
}
