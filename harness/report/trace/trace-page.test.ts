import { expect } from 'chai';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { readCellTrace, usualTraceLimits } from './read-cell-trace.ts';
import { tracePage } from './trace-page.ts';
import { traceScript, traceScriptFiles } from './trace-script.ts';

const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202egnp.exe\u0000\u001b[31m';

describe('the trace of a cell', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-trace-'));
    await mkdir(join(folder, 'a1'));
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  const story = async (...lines: readonly object[]): Promise<void> => writeFile(join(folder, 'a1/trace.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const wire = async (...lines: readonly object[]): Promise<void> => writeFile(join(folder, 'a1/wire.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));

  it('puts beginnings and ends together, and says of what never ended that it did not', async () => {
    await story(
      { t: 1000, kind: 'trace', schema: 'hwlab/cell-trace/1', cell: 'i/m/d/s', attempt: 1 },
      { t: 1000, kind: 'phase', phase: 'restore' },
      { t: 1200, kind: 'phase', phase: 'tests' },
      { t: 1300, kind: 'test', id: 's/f/t', title: 'prints', feature: 'f' },
      { t: 1310, kind: 'command', n: 1, command: 'lp x\nmore' },
      { t: 1350, kind: 'command-end', n: 1, code: 3, err: 'no' },
      { t: 1360, kind: 'command', n: 2, command: 'hangs' },
      { t: 1400, kind: 'test-end', id: 's/f/t', outcome: 'FAIL', said: 'no paper' },
    );
    const { items, cell, attempts } = await readCellTrace(folder, undefined);
    expect(cell).to.equal('i/m/d/s');
    expect(attempts).to.deep.equal([{ number: 1, t: 1000 }]);
    expect(items.map(({ lane, t, took, text, state }) => [lane, t, took, text, state])).to.deep.equal([
      ['phase', 1000, 200, 'restore', undefined],
      ['phase', 1200, 200, 'tests', undefined],
      ['test', 1300, 100, 'prints', 'bad'],
      ['command', 1310, 40, 'lp x → 3', 'warn'],
      ['command', 1360, -1, 'hangs', 'bad'],
    ]);
  });

  it('shows on the cable where a driver left the tape, with what the tape has', async () => {
    await story({ t: 1000, kind: 'divergence', what: 'request', expected: 'Print-Job with media: iso_a4', found: 'Print-Job with media: na_letter', before: 'plugged in\ncontrol GET_DEVICE_ID' });
    const { items } = await readCellTrace(folder, undefined);
    expect(items.map(({ lane, t, text, state, parts = [] }) => [lane, t, text, state, Object.fromEntries(parts.map((part) => [part.name, part.text]))])).to.deep.equal([
      ['wire', 1000, '≠ Print-Job with media: na_letter', 'bad', { divergence: 'request', expected: 'Print-Job with media: iso_a4', actual: 'Print-Job with media: na_letter', before: 'plugged in\ncontrol GET_DEVICE_ID' }],
    ]);
  });

  it('gives lines of the kernel log and the console the time at which they came', async () => {
    await story({ t: 5000, kind: 'console', bytes: 4 }, { t: 6000, kind: 'console', bytes: 20 }, { t: 9000, kind: 'uptime', seconds: 12 });
    await writeFile(join(folder, 'a1/console.log'), 'one\nand a second one');
    await writeFile(join(folder, 'a1/kernel.log'), '[   10.500000] usb 1-1: device descriptor read/64, error -71\n continued');
    const { items } = await readCellTrace(folder, undefined);
    expect(items.map(({ lane, t, state }) => [lane, t, state])).to.deep.equal([
      ['console', 5000, undefined],
      ['console', 6000, undefined],
      ['kernel', 7500, 'warn'],
      ['kernel', 7500, undefined],
    ]);
  });

  it('keeps the lines of a guest whose clock lies within the attempt', async () => {
    await story({ t: 5000, kind: 'measured', name: 'a', value: 1 }, { t: 9000, kind: 'uptime', seconds: 1e300 });
    await writeFile(join(folder, 'a1/kernel.log'), '[   10.500000] long ago\n[9999999999.000000] still long ago');
    const times = async (): Promise<readonly number[]> => (await readCellTrace(folder, undefined)).items.filter(({ lane }) => lane === 'kernel').map(({ t }) => t);
    expect(await times()).to.deep.equal([5000, 5000]);
    await story({ t: 5000, kind: 'measured', name: 'a', value: 1 }, { t: 9000, kind: 'uptime', seconds: 12 });
    expect(await times()).to.deep.equal([7500, 9000]);
    await wire({ t: 1e300, from: 'host', kind: 'control' }, { t: 5500, from: 'host', kind: 'control' });
    const { items, losses } = await readCellTrace(folder, undefined);
    expect([items.at(-1)?.t, losses]).to.deep.equal([9000, [{ kind: 'lines-unreadable', what: 'a1/wire.jsonl', count: 1 }]]);
  });

  it('of a lane that has too much keeps trouble, the beginning and the end, in the order of time', async () => {
    await story({ t: 1, kind: 'measured', name: 'a', value: 1 });
    await writeFile(join(folder, 'a1/console.log'), Array.from({ length: 1000 }, (_, n) => (n % 400 === 399 ? `Kernel panic ${n}` : `line ${n}`)).join('\n'));
    const { items, losses } = await readCellTrace(folder, undefined, { ...usualTraceLimits, itemsOfLane: 9 });
    expect(items.filter(({ lane }) => lane === 'console').map(({ text }) => text)).to.deep.equal(['line 0', 'line 1', 'line 2', 'Kernel panic 399', 'Kernel panic 799', 'line 996', 'line 997', 'line 998', 'line 999']);
    expect(losses.at(-1)).to.deep.equal({ kind: 'wire-cut', what: 'a1 console', count: 991 });
  });

  it('a test has the end behind it that names it, a phase ends when a later one begins', async () => {
    const test = (t: number): object => ({ t, kind: 'test', id: 'x', title: `${t}`, feature: 'f' });
    const end = (t: number): object => ({ t, kind: 'test-end', id: 'x', outcome: 'PASS' });
    const phase = (t: number): object => ({ t, kind: 'phase', phase: 'tests' });
    await story(end(1), phase(1), test(2), end(3), end(4), test(5), phase(6), phase(6), phase(8), test(9));
    const { items } = await readCellTrace(folder, undefined);
    expect(items.map(({ lane, t, took }) => [lane, t, took])).to.deep.equal([['phase', 1, 5], ['test', 2, 1], ['test', 5, -1], ['phase', 6, 2], ['phase', 6, 2], ['phase', 8, 1], ['test', 9, -1]]);
  });

  it('folds data that nothing names, and keeps what is named, stalled or alone', async () => {
    const bulk = (t: number, more = {}): object => ({ t, from: 'device', kind: 'bulk', endpoint: 0x81, length: 100, status: 'ok', ...more });
    await story();
    await wire(bulk(1), bulk(2), bulk(3), bulk(4), bulk(5), bulk(6, { meaning: 'HTTP/1.1 200 OK' }), bulk(7), bulk(8, { status: 'stall' }));
    const { items } = await readCellTrace(folder, undefined);
    expect(items.map(({ text, state }) => [text, state])).to.deep.equal([
      ['← bulk 1 IN × 5, 500 B', undefined],
      ['← bulk 1 IN HTTP/1.1 200 OK 100 B', undefined],
      ['← bulk 1 IN 100 B', undefined],
      ['← bulk 1 IN 100 B STALL', 'warn'],
    ]);
  });

  it('says what is missing, cut off, unreadable, of another version or too much', async () => {
    await writeFile(join(folder, 'a1/trace.jsonl'), `${JSON.stringify({ t: 1, kind: 'trace', schema: 'hwlab/cell-trace/9', cell: 'x', attempt: 1 })}\n{"t":2,"kind":"measu\n${Array.from({ length: 50 }, (_, n) => JSON.stringify({ t: n + 2, kind: 'measured', name: 'n', value: n })).join('\n')}\n${JSON.stringify({ t: 60, kind: 'command', n: 1, command: 'hangs' })}\n`);
    const { losses, items } = await readCellTrace(folder, undefined, { ...usualTraceLimits, itemsOfLane: 10 });
    expect(losses.map(({ kind, what, count }) => [kind, what, count])).to.deep.equal([
      ['lines-unreadable', 'a1/trace.jsonl', 1],
      ['said', 'a1/trace.jsonl: hwlab/cell-trace/9, not hwlab/cell-trace/1', undefined],
      ['file-missing', 'a1/wire.jsonl', undefined],
      ['wire-cut', 'a1 note', 40],
    ]);
    expect(items.filter(({ lane }) => lane === 'note').map(({ text }) => text)).to.include.members(['n = 0', 'n = 49']).and.have.length(10);
  });

  it('reads no link out of the folder, and no picture that is none', async () => {
    await writeFile(join(folder, 'secret'), JSON.stringify({ t: 1, kind: 'measured', name: 'secret', value: 1 }));
    await symlink(join(folder, 'secret'), join(folder, 'a1/wire.jsonl'));
    await writeFile(join(folder, 'a1/s.png'), '<svg onload=alert(1)>');
    await story({ t: 1, kind: 'screenshot', path: '../../../../etc/s.png' });
    const { items, pictures, losses } = await readCellTrace(folder, undefined);
    expect([items.length, pictures.length]).to.deep.equal([1, 0]);
    expect(losses.map(({ kind }) => kind)).to.deep.equal(['file-missing', 'pictures']);
  });

  it('a page holds hostile text as data that cannot become HTML, with its controls made visible', async () => {
    await story({ t: 1, kind: 'trace', schema: hostile, cell: hostile, attempt: 1 }, { t: 2, kind: 'command', n: 1, command: hostile }, { t: 3, kind: 'command-end', n: 1, code: 0, out: hostile }, { t: 4, kind: 'test', id: 'x', title: hostile, feature: hostile });
    const page = tracePage(await readCellTrace(folder, undefined));
    expect(page).to.not.contain('<img').and.not.contain('<script>alert').and.not.contain('\u202e').and.not.contain('\u001b').and.not.contain('\u0000');
    expect(page.match(/<\/script>/g)).to.have.length(2);
    expect(page).to.match(/Content-Security-Policy" content="default-src &#39;none&#39;/);
  });

  it('is made of all files of browser/, as one script', () => {
    expect(readdirSync(join(import.meta.dirname, 'browser')).toSorted()).to.deep.equal(traceScriptFiles.map((name) => `${name}.browser.js`).toSorted());
    expect(() => new Script(traceScript())).to.not.throw();
  });

  it('stays small, however much a cell said, and says what it left out', async () => {
    await story(...Array.from({ length: 4000 }, (_, n) => [{ t: n, kind: 'command', n, command: 'x'.repeat(3000) }, { t: n + 0.5, kind: 'command-end', n, code: 0, out: 'y'.repeat(3900) }]).flat());
    const page = tracePage(await readCellTrace(folder, undefined));
    expect(page.length).to.be.below(18 * 2 ** 20);
    expect(page).to.match(/\["page-full","trace\.html",\d+\]/);
  });
});
