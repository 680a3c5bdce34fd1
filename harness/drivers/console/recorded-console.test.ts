import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { waitFor } from '../../base/wait-for.ts';
import { consoleContract } from '../../capabilities/testing/console-contract.ts';
import { SimulatedLink } from '../../capabilities/testing/simulated-link.ts';
import { RecordedConsole } from './recorded-console.ts';

consoleContract('a line in memory', async () => {
  const link = new SimulatedLink();
  return Promise.resolve({
    console: new RecordedConsole(link, { prompt: 20 }),
    print: (text: string) => link.print(text),
    received: () => link.received,
    seesBreak: true,
    cut: async () => Promise.resolve(link.cut()),
    [Symbol.asyncDispose]: async () => Promise.resolve(),
  });
});

describe('recorded console', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-recorded-'));
  after(() => rmSync(folder, { recursive: true }));
  const soon = (): Deadline => Deadline.after(10_000);

  it('keeps a file of bounded size, counts what is not in it, and ends it with the last lines', async () => {
    const link = new SimulatedLink();
    const recorded = new RecordedConsole(link, { file: 5000 });
    await recorded.start(join(folder, 'bounded'), soon());
    for (let line = 0; line < 5000; line += 1) link.print(`line ${line}\n`);
    link.print('the very end\n');
    await recorded[Symbol.asyncDispose]();
    const text = readFileSync(join(folder, 'bounded'), 'utf8');
    expect(statSync(join(folder, 'bounded')).size).to.be.below(5000 + 200 * 40);
    expect(text).to.match(/# the console was cut here: \d{4} lines are not kept; the last ones follow\n/).and.match(/the very end\n$/);
  });

  it('cuts a line without end, and never holds more of it', async () => {
    const link = new SimulatedLink();
    const recorded = new RecordedConsole(link);
    const lengths: number[] = [];
    recorded.onLine((line) => lengths.push(line.text.length));
    await recorded.start(join(folder, 'long'), soon());
    link.print('x'.repeat(10_000));
    await recorded[Symbol.asyncDispose]();
    expect(lengths).to.deep.equal([4096, 4096, 1808]);
  });

  it('tries a refusal no second time, and writes over no file', async () => {
    const link = new SimulatedLink();
    await using recorded = new RecordedConsole(link);
    const notes: string[] = [];
    recorded.onLine((line) => notes.push(line.text));
    await recorded.start(join(folder, 'refused'), soon());
    link.refused = true;
    link.cut();
    await waitFor('the refusal', () => (notes.some((note) => note.includes('not tried again')) ? { value: true } : { saw: notes.join() }), { deadline: soon(), every: 5 });
    expect(recorded.state).to.equal('lost');
    expect(await recorded.send('x', soon()).catch((error: unknown) => error)).to.include({ code: 'console-lost' });
    const again = new RecordedConsole(new SimulatedLink());
    expect(await again.start(join(folder, 'refused'), soon()).catch((error: unknown) => error)).to.include({ code: 'console-unavailable' });
  });
});
