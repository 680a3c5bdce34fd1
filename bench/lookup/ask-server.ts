import { readFileSync, readdirSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { nameOf } from './generate-database.ts';

/** Usage: ask-server.ts ADDRESS PID MODELS RATE SECONDS. A process of its own, so that what the rest of the benchmark holds in memory is not collected while it asks. */
export interface Asked {
  /** Milliseconds of processor time of each request, asked one by one. */
  readonly costs: readonly number[];
  /** Milliseconds by the clock of each request, at a steady pace. */
  readonly times: readonly number[];
  readonly seconds: number;
}

const [address = '', pid = '', ...numbers] = process.argv.slice(2);
const [models = 1, rate = 1, seconds = 1] = numbers.map(Number);
const warmUp = 500;
const agent = new Agent({ keepAlive: true, maxSockets: 20 });

for (let number = 0; number < warmUp; number += 1) await ask(pathOf(number));
const costs: number[] = [];
for (let number = 0; number < rate * seconds; number += 1) {
  const before = processorTime();
  await ask(pathOf(warmUp + number));
  costs.push(processorTime() - before);
}
const startedAt = performance.now();
const asked: Promise<number>[] = [];
for (let number = 0; number < rate * seconds; number += 1) {
  const wait = startedAt + (number * 1000) / rate - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
  asked.push(ask(pathOf(warmUp + rate * seconds + number)));
}
const times = await Promise.all(asked);
const result: Asked = { costs, times, seconds: (performance.now() - startedAt) / 1000 };
agent.destroy();
process.stdout.write(JSON.stringify(result));

/** Milliseconds until the whole answer was there. */
async function ask(path: string): Promise<number> {
  return await new Promise((done, failed) => {
    const begun = performance.now();
    const request = get(`${address}${path}`, { agent }, (response) => {
      response.resume();
      response.once('end', () => (response.statusCode === 200 ? done(performance.now() - begun) : failed(new Error(`${path}: ${response.statusCode}`))));
    });
    // The server ends a connection that was idle for seconds; whoever just took it up again asks once more, as browsers do.
    request.once('error', (error: NodeJS.ErrnoException) => (request.reusedSocket && error.code === 'ECONNRESET' ? ask(path).then(done, failed) : failed(error)));
  });
}

/** Milliseconds that the threads of the server were on a core: the first field, in nanoseconds, of the kernel's sched-stats of each. */
function processorTime(): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return tasks.reduce((sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]), 0) / 1e6;
}

/** Half searches, as they are typed, half answers for devices; hardly any asked twice. */
function pathOf(number: number): string {
  const device = (number * 7919) % models;
  if (number % 2 === 0) return `/api/v1/devices/model-${device}`;
  const name = nameOf(device).toLowerCase();
  return `/api/v1/search?q=${encodeURIComponent(name.slice(0, 2 + (number % (name.length - 2))))}`;
}
