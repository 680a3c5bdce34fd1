import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Artefact, Result } from '../../db/generated/result.ts';
import { viewNight, type NightView } from '../night-view.ts';
import { fakeNight } from '../testing/fake-night.ts';
import { seededRandom } from '../testing/random.ts';
import { fakeWireTrace } from '../testing/fake-evidence.ts';
import { defaultLimits, loadEvidence, parseEvent } from './evidence.ts';

describe('loadEvidence', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'hwlab-evidence-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A night with one cell that failed as a whole and left these artefacts. */
  function view(...artefacts: Artefact[]): NightView {
    const { summary } = fakeNight({ seed: 1, cells: 1, green: true, folder });
    const [result] = summary.results as [Result];
    return viewNight({ ...summary, results: [{ ...result, outcome: 'FAIL', reason: { code: 'x', blame: 'product', message: 'x' }, tests: [], artefacts }] });
  }
  const text = (path: string, name = 'console'): Artefact => ({ name, path, mediaType: 'text/plain' });

  it('takes the last lines of a log of any size', async () => {
    writeFileSync(join(folder, 'big.log'), Array.from({ length: 400_000 }, (_item, line) => `line ${line}`).join('\n'));
    const body = (await loadEvidence(view(text('big.log')))).get('big.log');
    if (body?.kind !== 'lines') throw new Error('no lines');
    expect(body.lines).to.have.length(200);
    expect([body.lines[0], body.lines.at(-1), body.more]).to.deep.equal(['line 399800', 'line 399999', true]);
  });

  it('cuts a line without end', async () => {
    writeFileSync(join(folder, 'a.log'), 'x'.repeat(3_000_000));
    const body = (await loadEvidence(view(text('a.log')))).get('a.log');
    expect(body?.kind === 'lines' && body.lines.join('').length).to.be.below(1000);
  });

  it('reads no file outside of the folder, no link and no folder', async () => {
    mkdirSync(join(folder, 'sub'));
    symlinkSync('/etc/hostname', join(folder, 'link.log'));
    const loaded = await loadEvidence(view(text('../../etc/hostname'), text('/etc/hostname'), text('link.log'), text('sub'), text('gone.log')));
    expect([...loaded.values()].map((body) => body.kind)).to.deep.equal(['missing', 'missing', 'missing', 'missing', 'missing']);
  });

  it('an empty file has no lines', async () => {
    writeFileSync(join(folder, 'a.log'), '');
    expect((await loadEvidence(view(text('a.log')))).get('a.log')).to.deep.equal({ kind: 'lines', lines: [], more: false });
  });

  it('takes the last events of a wire trace and counts all, with times from its start', async () => {
    const trace = fakeWireTrace(seededRandom(1), 9000, false);
    writeFileSync(join(folder, 'w.jsonl'), trace);
    const body = (await loadEvidence(view({ name: 'wire-trace', path: 'w.jsonl', mediaType: 'application/jsonl' }))).get('w.jsonl');
    if (body?.kind !== 'wire') throw new Error('no wire');
    expect(body.events).to.have.length(200);
    expect(body.total).to.equal(9000);
    expect(body.start).to.equal(parseEvent(trace.split('\n')[0] ?? '')?.t);
    expect(body.events.at(-1)?.kind).to.equal('unplug');
  });

  it('a trace with garbage in it says how many lines could not be read', async () => {
    writeFileSync(join(folder, 'w.jsonl'), `${fakeWireTrace(seededRandom(1), 10, true)}not json\n{"t":"x"}\nnull\n{"t":1,"from":"moon","kind":"plug"}\n`);
    const body = (await loadEvidence(view({ name: 'wire-trace', path: 'w.jsonl', mediaType: 'application/jsonl' }))).get('w.jsonl');
    expect(body?.kind === 'wire' && [body.events.length, body.unreadable]).to.deep.equal([10, 4]);
  });

  it('stops inlining when the page is full', async () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, `${name}.log`), 'some text\n'.repeat(100));
    const loaded = await loadEvidence(view(text('a.log', 'a'), text('b.log', 'b'), text('c.log', 'c')), { ...defaultLimits, pageBytes: 2000 });
    expect([...loaded.values()].map((body) => body.kind)).to.deep.equal(['lines', 'lines', 'not-inlined']);
  });
});
