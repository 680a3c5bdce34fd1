import { writeSync } from 'node:fs';
import type { Runner, Test } from 'mocha';
import type { TestEvent } from './test-event.ts';

/** A mocha reporter that writes one JSON line an event to file descriptor 3, apart from what the tests print. */
// eslint-disable-next-line no-restricted-syntax -- mocha takes a reporter from the default export of its file
export default class EventReporter {
  constructor(runner: Runner) {
    runner.on('start', () => send({ kind: 'start', total: runner.total }));
    runner.on('pass', (test) => send({ kind: 'pass', ...identity(test), milliseconds: test.duration ?? 0 }));
    runner.on('pending', (test) => send({ kind: 'skip', ...identity(test) }));
    runner.on('fail', (test, error: unknown) => send({ kind: 'fail', ...identity(test), error: (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 8000) }));
    runner.on('end', () => send({ kind: 'end' }));
  }
}

function identity(test: Test): { title: string; file: string } {
  return { title: test.fullTitle(), file: test.file ?? '' };
}

function send(event: TestEvent): void {
  writeSync(3, `${JSON.stringify(event)}\n`);
}
