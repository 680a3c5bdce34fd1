import { expect } from 'chai';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { exampleResult } from './example-result.ts';
import type { Result } from './generated/result.ts';
import type { BadLine } from './read-results.ts';
import { ResultStore, type ResultFilter } from './result-store.ts';

const night = '20261122-031500-abcd';

function result(number: number, change: Parameters<typeof exampleResult>[0] = {}): Result {
  return exampleResult({ id: `${change.night ?? night}-${String(number).padStart(4, '0')}`, ...change });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof HwlabError) return `${error.blame} ${error.code}`;
    throw error;
  }
  return 'no error';
}

describe('ResultStore', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-store-'));
    file = join(folder, 'results/2026-11', `${night}.jsonl`);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function write(...results: readonly Result[]): Promise<void> {
    await using store = ResultStore.open(folder);
    for (const each of results) await store.append(each);
  }

  async function read(filter: ResultFilter = {}): Promise<{ ids: readonly string[]; bad: readonly BadLine[] }> {
    const bad: BadLine[] = [];
    const ids: string[] = [];
    for await (const each of ResultStore.open(folder).results(filter, (line) => bad.push(line))) ids.push(each.id);
    return { ids, bad };
  }

  it('reads back what it appended, a line each, in order', async () => {
    await write(result(1), result(2));
    expect(readFileSync(file, 'utf8').split('\n')).to.have.length(3);
    expect(await read()).to.deep.equal({ ids: [`${night}-0001`, `${night}-0002`], bad: [] });
  });

  it('keeps the order of calls that are not awaited', async () => {
    await using store = ResultStore.open(folder);
    await Promise.all([1, 2, 3, 4, 5].map((number) => store.append(result(number))));
    expect((await read()).ids.map((id) => id.slice(-1)).join('')).to.equal('12345');
  });

  it('filters by each part of a cell and by night', async () => {
    const other = '20261201-010101-zzzz';
    await write(result(1), result(2, { cell: { device: 'b', model: 'mb', image: 'i2', suite: 'scanners' } }), result(1, { night: other }));
    expect((await read({ device: 'b' })).ids).to.have.length(1);
    expect((await read({ model: 'mb', suite: 'scanners' })).ids).to.have.length(1);
    expect((await read({ image: 'debian-12' })).ids).to.have.length(2);
    expect((await read({ night: other })).ids).to.deep.equal([`${other}-0001`]);
    expect((await read({ night: 'no-such-night' })).ids).to.deep.equal([]);
    expect(await ResultStore.open(folder).nights()).to.deep.equal([night, other]);
  });

  it('refuses a result that breaks the schema, one that is there already, and one that is too long', async () => {
    await using store = ResultStore.open(folder);
    await store.append(result(1));
    expect(await codeOf(store.append({ ...result(2), outcome: 'GREEN' as 'PASS' }))).to.equal('harness result-invalid');
    expect(await codeOf(store.append(result(1)))).to.equal('harness result-duplicate');
    expect(await codeOf(store.append({ ...result(3), reason: { code: 'x', blame: 'lab', message: 'x'.repeat(5_000_000) } }))).to.equal('harness result-invalid');
    expect(await codeOf(store.append(result(4, { night: 'yesterday' })))).to.equal('usage night-id-invalid');
    await store.append(result(5));
    expect((await read()).ids).to.have.length(2);
  });

  it('says where a corrupt line is and reads the others', async () => {
    await write(result(1));
    appendFileSync(file, '{"schema":"hwlab/result/1","id":"x"}\nrubbish\n\n\xff\n');
    await write(result(2));
    const { ids, bad } = await read();
    expect(ids).to.have.length(2);
    expect(bad.map(({ line, unfinished }) => [line, unfinished])).to.deep.equal([[2, false], [3, false], [4, false], [5, false]]);
    expect(bad.map(({ reason }) => reason)).to.deep.equal(['(root): expected property "night", found only schema, id', 'not JSON', 'an empty line', 'not JSON']);
  });

  it('recovers from a cut at any byte of the last line', async () => {
    await write(result(1), result(2));
    const whole = readFileSync(file);
    const firstLine = whole.indexOf(10) + 1;
    for (let cut = firstLine; cut < whole.length; cut += cut > whole.length - 4 ? 1 : 97) {
      writeFileSync(file, whole);
      truncateSync(file, cut);
      rmSync(`${file}.torn`, { force: true });
      await using store = ResultStore.open(folder);
      const recovery = await store.openNight(night);
      expect(recovery.results.map(({ id }) => id)).to.deep.equal([`${night}-0001`]);
      expect(recovery.tornBytes).to.equal(cut - firstLine);
      expect(recovery.badLines).to.deep.equal([]);
      expect(existsSync(`${file}.torn`) ? readFileSync(`${file}.torn`).length : 0).to.equal(cut - firstLine);
      await store.append(result(2));
      expect(readFileSync(file).equals(whole), `cut at ${cut}`).to.equal(true);
    }
  });

  it('shows a reader the unfinished line without touching it', async () => {
    await write(result(1));
    appendFileSync(file, '{"schema":');
    const { ids, bad } = await read();
    expect(ids).to.have.length(1);
    expect(bad).to.deep.equal([{ file, line: 2, reason: 'the last line is not finished', unfinished: true }]);
    expect(readFileSync(file, 'utf8').endsWith('{"schema":')).to.equal(true);
  });

  it('lets one writer at a night, and others at other nights', async () => {
    await using store = ResultStore.open(folder);
    await using rival = ResultStore.open(folder);
    await store.append(result(1));
    expect(await codeOf(rival.append(result(2)))).to.equal('usage database-locked');
    await rival.append(result(1, { night: '20261122-031500-efgh' }));
    await store.close();
    await rival.append(result(2));
    expect((await read({ night })).ids).to.have.length(2);
  });

  it('takes over the lock of a process that is gone, and none of another host', async () => {
    const lock = file.replace('.jsonl', '.lock');
    mkdirSync(join(folder, 'results/2026-11'), { recursive: true });
    writeFileSync(lock, JSON.stringify({ pid: process.pid, started: '1', boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(), host: hostname() }));
    await write(result(1));
    writeFileSync(lock, JSON.stringify({ pid: 1, started: '1', boot: 'x', host: 'another-host' }));
    expect(await codeOf(write(result(2)))).to.equal('usage database-locked');
    writeFileSync(lock, 'rubbish');
    expect(await codeOf(write(result(2)))).to.equal('usage database-locked');
    rmSync(lock);
    await write(result(2));
    expect(existsSync(lock)).to.equal(false);
  });

  it('stops when its lock was taken away', async () => {
    await using store = ResultStore.open(folder);
    await store.append(result(1));
    rmSync(file.replace('.jsonl', '.lock'));
    expect(await codeOf(store.append(result(2)))).to.equal('lab lock-lost');
    expect((await read()).ids).to.have.length(1);
  });

  it('keeps the record of a night and names near ones', async () => {
    const store = ResultStore.open(folder);
    await write(result(1));
    const record = { schema: 'hwlab/night/1', id: night, plan: 'smoke 01', startedAt: '2026-11-22T03:15:00Z', accelerator: 'tcg', slots: 2, cells: [result(1).cell] } as const;
    await store.writeNight({ ...record, cells: [...record.cells] });
    await store.writeNight({ ...record, cells: [...record.cells], finishedAt: '2026-11-22T04:15:00Z', exitCode: 0 });
    expect(await store.readNight(night)).to.have.property('exitCode', 0);
    expect(await store.nights()).to.deep.equal([night]);
    expect(await codeOf(store.readNight('20261122-031500-abce'))).to.equal('usage night-unknown');
    await store.readNight('20261122-031500-abce').catch((error: unknown) => expect(String(error)).to.contain(`did you mean "${night}"`));
  });
});
