import { expect } from 'chai';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTraceLine } from '../../wire/cell-trace/cell-trace.ts';
import { CellTraceFile } from './cell-trace-file.ts';
import { ConsoleClock } from './console-clock.ts';
import { shortValue, traceAssertions } from './trace-assertions.ts';
import { CommandTrace } from './trace-commands.ts';
import type { TraceEntry } from './cell-trace-file.ts';

describe('what a cell writes of itself', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'hwlab-story-'))));
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it('is lines that read back, from two writers in one file', async () => {
    const [night, cell] = [new CellTraceFile(folder), new CellTraceFile(folder)];
    night.begin('i/m/d/s', 1);
    night.flush();
    for (let n = 0; n < 200; n += 1) {
      cell.write({ kind: 'measured', name: `n${n}`, value: n });
      if (n % 50 === 0) cell.flush();
    }
    cell.flush();
    night.write({ kind: 'phase', phase: 'end' });
    night.flush();
    const lines = (await readFile(join(folder, 'trace.jsonl'), 'utf8')).trimEnd().split('\n').map(parseTraceLine);
    expect(lines.every((line) => line !== undefined)).to.equal(true);
    expect([lines[0]?.kind, lines.length, lines.at(-1)?.kind]).to.deep.equal(['trace', 202, 'phase']);
  });

  it('ends at 16 MiB with a line that says so, and a folder that is gone is no error', async () => {
    const file = new CellTraceFile(folder);
    for (let n = 0; n < 300; n += 1) file.write({ kind: 'cut', what: 'x'.repeat(100_000) });
    file.flush();
    const text = await readFile(join(folder, 'trace.jsonl'), 'utf8');
    expect(text.length).to.be.below(17 * 2 ** 20);
    expect(parseTraceLine(text.trimEnd().split('\n').at(-1) ?? '')).to.include({ what: 'what comes after 16 MiB' });
    const nowhere = new CellTraceFile(join(folder, 'gone'));
    nowhere.write({ kind: 'phase', phase: 'tests' });
    nowhere.flush();
  });

  it('tells commands that end, fail and throw, with both ends of a long output', async () => {
    const told: TraceEntry[] = [];
    const commands = new CommandTrace((entry) => told.push(entry));
    const result = { exitCode: 4, stdout: `${'a'.repeat(9000)}Z`, stderr: '' };
    expect(await commands.around('one', 'in', async () => result)).to.equal(result);
    await commands.around('two', undefined, async () => Promise.reject(new Error('lost'))).catch(() => undefined);
    expect(told[0]).to.deep.equal({ kind: 'command', n: 1, command: 'one', input: 2 });
    expect(told[1]).to.include({ kind: 'command-end', n: 1, code: 4, outLength: 9001 });
    expect((told[1] as { out: string }).out).to.match(/^a{2000}\n\[5001 characters left out\]\na{1999}Z$/);
    expect(told[3]).to.deep.equal({ kind: 'command-end', n: 2, error: 'lost' });
  });

  it('notes how far the console had grown, also at its end', async () => {
    const file = join(folder, 'console.log');
    await appendFile(file, 'boot\n');
    const told: TraceEntry[] = [];
    const clock = new ConsoleClock(file, (entry) => told.push(entry));
    await appendFile(file, 'more\n');
    clock[Symbol.dispose]();
    expect(told).to.deep.equal([{ kind: 'console', bytes: 5 }, { kind: 'console', bytes: 10 }]);
    using _missing = new ConsoleClock(join(folder, 'none'), () => undefined);
  });

  it('tells assertions that hold and that fail, and leaves chai as it is', () => {
    const told: TraceEntry[] = [];
    const assertions = traceAssertions((entry) => told.push(entry));
    expect(2, 'the sum').to.equal(2);
    expect([1, 2]).to.not.include(3);
    expect(() => expect(Buffer.alloc(100_000)).to.have.length(3)).to.throw('to have a length of 3');
    const unseen = Object.defineProperty(new Error('x'), 'name', { get: () => { throw new Error('not for your eyes'); } });
    expect(unseen).to.equal(unseen);
    expect(told.at(-1)).to.include({ kind: 'assertion', ok: true }).and.to.have.property('said').that.contains('not for your eyes');
    assertions.end();
    const many = told.length;
    expect(told, 'no more is told').to.have.length(many);
    const said = told.map((entry) => (entry.kind === 'assertion' ? `${entry.ok} ${entry.said}` : entry.kind));
    expect(said[0]).to.equal('true the sum: expected 2 to equal 2');
    expect(said[1]).to.equal('true expected [1, 2] to not include 3');
    expect(said.find((text) => text.startsWith('false'))).to.contain('to have a length of 3');
  });

  it('shortens a value at once, whatever it is', () => {
    expect(shortValue('x'.repeat(1e6), 10)).to.equal('"xxxxxxxxxx"… (1000000 characters)');
    expect(shortValue(Buffer.alloc(1e6), 10)).to.equal(`1000000 bytes ${'0'.repeat(32)}…`);
    expect(shortValue(Array.from({ length: 1e5 }, (_, n) => n), 60)).to.contain('… 100000');
    expect(shortValue({ get bad(): never { throw new Error('getter'); }, deep: { a: 1 } }, 60)).to.equal('{bad: ?, deep: {…}}');
    const circle: unknown[] = [1, [2], { a: 3 }];
    circle.push(circle);
    expect(shortValue(circle, 60)).to.equal('[1, [1], {…}, [4]]');
  });
});
