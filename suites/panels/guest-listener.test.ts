import { expect } from 'chai';
import { spawn } from 'node:child_process';
import type { CellContext } from '../../harness/index.ts';
import { GuestListener } from './guest-listener.ts';

/** A guest whose commands are run here, each until nobody holds its output open any more, as over SSH. */
function here(): CellContext<unknown> {
  const run = (command: string, { onStdout }: { onStdout?: (text: string) => void } = {}) =>
    new Promise((resolve) => {
      const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'ignore'] });
      child.stdout.on('data', (bytes: Buffer) => onStdout?.(bytes.toString()));
      child.on('close', (exitCode) => resolve({ exitCode, stdout: '', stderr: '' }));
    });
  const waitFor = async (_: string, look: () => { value?: unknown } | Promise<{ value?: unknown }>): Promise<unknown> => {
    for (;;) {
      const { value } = await look();
      if (value !== undefined) return value;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const cell: unknown = { guest: { run }, waitFor };
  return cell as CellContext<unknown>;
}

describe('what listens in a guest', () => {
  it('ends with all its processes, those that read and hear nothing too', async () => {
    const listener = await GuestListener.start(here(), `bash -c 'echo open; { sleep 100; echo one; } & { sleep 100 | cat; } & wait'`, /^open$/m);
    await listener.end();
    expect(listener.text).to.equal('open\n');
  });

  it('tells what it printed when it has ended by itself', async () => {
    const listener = await GuestListener.start(here(), `sh -c 'echo open; echo touched'`, /^open$/m);
    await listener.until('a touch', 1, (text) => text.includes('touched'));
    await listener.end();
    expect(listener.text).to.equal('open\ntouched\n');
  });
});
