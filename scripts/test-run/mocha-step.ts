import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Deadline } from '../../harness/base/deadline.ts';
import { projectRoot } from '../../harness/base/places.ts';
import { newTally, type Tally, type TestEvent } from './test-event.ts';

export interface MochaStep {
  readonly patterns: readonly string[];
  readonly timeout: number;
  readonly grep?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly deadline: Deadline;
  readonly progress: (line: string) => void;
}

/** Milliseconds between the last test and the end of the process; more means that a test left something open. */
const mostAfterEnd = 15_000;

/** Runs test files in a mocha process of their own, and counts. A process that dies or hangs is a failure more. */
export async function runMocha(step: MochaStep): Promise<Tally> {
  const tally = newTally();
  const files = step.patterns.flatMap((pattern) => globSync(pattern, { cwd: projectRoot })).sort();
  if (files.length === 0) return tally;
  const mocha = join(projectRoot, 'node_modules/mocha/bin/mocha.js');
  const reporter = join(import.meta.dirname, 'event-reporter.ts');
  const grep = step.grep === undefined ? [] : ['--grep', step.grep];
  const args = [mocha, '--no-config', '--forbid-only', '--timeout', String(step.timeout), '--reporter', reporter, ...grep, ...files];
  const child = spawn(process.execPath, args, { cwd: projectRoot, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'pipe'], env: { ...process.env, ...step.env } });
  const endGroup = (signal: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended.
    }
  };
  let killer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    endGroup('SIGTERM');
    killer = setTimeout(() => endGroup('SIGKILL'), 10_000);
  };
  step.deadline.signal.addEventListener('abort', stop, { once: true });

  const printed: string[] = [];
  const keep = (line: string): void => {
    printed.push(line.slice(0, 1000));
    if (printed.length > 60) printed.shift();
  };
  createInterface({ input: child.stdio[1] as Readable }).on('line', keep);
  createInterface({ input: child.stdio[2] as Readable }).on('line', keep);
  let finished = false;
  let lingering: NodeJS.Timeout | undefined;
  let told = performance.now();
  let total = 0;
  createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
    const event = JSON.parse(line) as TestEvent;
    if (event.kind === 'start') total = event.total;
    else if (event.kind === 'end') {
      finished = true;
      lingering = setTimeout(() => {
        tally.failed += 1;
        tally.failures.push({ title: 'the test process ends', detail: `it still ran ${mostAfterEnd / 1000} s after the last test: a test left a timer, a socket or a process open` });
        endGroup('SIGKILL');
      }, mostAfterEnd);
    } else count(tally, event, step.progress);
    const done = tally.passed + tally.failed + tally.skipped;
    if (performance.now() - told > 5000 && event.kind !== 'start' && event.kind !== 'end') {
      told = performance.now();
      step.progress(`${done} of ${total}: ${event.title.slice(0, 100)}`);
    }
  });
  const code = await new Promise<number | string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(status ?? signal ?? 'lost'));
  });
  clearTimeout(lingering);
  clearTimeout(killer);
  step.deadline.signal.removeEventListener('abort', stop);
  if (!finished) {
    tally.failed += 1;
    const why = step.deadline.signal.aborted ? 'time was up or it was interrupted' : `mocha ended with ${code} before its last test`;
    tally.failures.push({ title: `all of ${step.patterns.join(' ')} runs`, detail: `${why}\n${printed.slice(-30).join('\n')}` });
  }
  return tally;
}

function count(tally: Tally, event: TestEvent, progress: (line: string) => void): void {
  if (event.kind === 'pass') tally.passed += 1;
  if (event.kind === 'skip') {
    tally.skipped += 1;
    tally.skips.push(event.title);
  }
  if (event.kind === 'fail') {
    tally.failed += 1;
    tally.failures.push({ title: event.title, detail: event.error });
    progress(`FAIL ${event.title}\n${event.error}`);
  }
}
