import { expect } from 'chai';
import { TypedEvents } from '../../base/typed-events.ts';
import type { NightEvents, NightSummary } from '../night-events.ts';
import { fakeNight } from '../testing/fake-night.ts';
import { attachConsole, type ConsoleStream } from './console-sink.ts';
import { LiveLines } from './live-lines.ts';
import { NightProgress } from './night-progress.ts';
import { coloursWanted, oneLine, spokenSeconds } from './paint.ts';

function stream(isTTY: boolean): ConsoleStream & { text: string } {
  return { isTTY, columns: 100, text: '', write(text) { this.text += text; } };
}

/** Plays a night on a console and returns what it wrote. */
async function play(summary: NightSummary, options: { readonly terminal: boolean; readonly json?: boolean; readonly environment?: NodeJS.ProcessEnv }): Promise<{ readonly out: string; readonly progress: string }> {
  const events = new TypedEvents<NightEvents>((error) => { throw error; });
  const out = stream(options.terminal);
  const progress = stream(options.terminal);
  attachConsole(events, { out, progress, environment: options.environment ?? { TERM: 'xterm' }, ...(options.json === undefined ? {} : { json: options.json }) });
  await events.emit('preparing', { step: 'building the image debian-12' });
  await events.emit('night-started', { night: summary.night, estimateSeconds: 120 });
  for (const [index, result] of summary.results.entries()) {
    await events.emit('cell-started', { cell: result.cell, slot: 1 + (index % 2), attempt: 1 });
    await events.emit('cell-phase', { cell: result.cell, phase: 'tests' });
    await events.emit('test-started', { cell: result.cell, title: 'prints \u001b[2J\u202ea page', feature: 'printing.raw' });
    await events.emit('cell-finished', { cell: result.cell, result, done: index + 1, total: summary.results.length, secondsLeft: 10 });
  }
  await events.emit('warning', { message: 'no Java', advice: 'install it' });
  await events.emit('report-written', { report: { kind: 'page', path: '/r/nights/x/index.html', seconds: 1 } });
  await events.emit('night-finished', { summary });
  return { out: out.text, progress: progress.text };
}

// eslint-disable-next-line no-control-regex
const escape = /\u001b/;

describe('the console', () => {
  const { summary } = fakeNight({ seed: 3, cells: 30, hostile: true, folder: '/r/nights/x' });

  it('prints plain lines where there is no terminal: no colour, no cursor, a line a cell', async () => {
    const { out, progress } = await play(summary, { terminal: false });
    expect(out + progress).not.to.match(escape);
    expect(progress.split('\n').filter((line) => /^ *\[\d+\/30\]/.test(line))).to.have.length(30);
    expect(progress).to.contain('building the image debian-12').and.to.contain('30 cells, 2 at a time, about 2 min').and.to.contain('warning: no Java\n         install it');
  });

  it('paints live lines on a terminal and takes them away before the summary', async () => {
    const { progress } = await play(summary, { terminal: true });
    expect(progress).to.match(escape).and.to.contain('slot 1').and.to.contain('slot 2').and.to.contain('0/30 cells');
    expect(progress.endsWith('\u001b[0J')).to.equal(true);
  });

  it('NO_COLOR leaves the live lines and takes the colours', async () => {
    const { out, progress } = await play(summary, { terminal: true, environment: { TERM: 'xterm', NO_COLOR: '1' } });
    expect(out).not.to.match(escape);
    // eslint-disable-next-line no-control-regex
    expect(progress).to.match(/\u001b\[\d+A/).and.not.to.match(/\u001b\[\d+m/);
  });

  it('no text of a guest moves the cursor or spans lines', async () => {
    const { out, progress } = await play(summary, { terminal: false });
    // eslint-disable-next-line no-control-regex
    expect(out + progress).not.to.match(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(out, 'it is said, as text').to.match(/window\.hostile|owned|&lt;b&gt;/);
  });

  it('the summary has failures first, with reason and command, then the rest', async () => {
    const { out } = await play(summary, { terminal: false });
    const places = ['failures of the product', '\nFailures\n', "\nNot the product's fault\n", '\nFlaky', '\nSkipped\n', '\npage '].map((text) => out.indexOf(text));
    expect(places.every((place) => place >= 0), String(places)).to.equal(true);
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
    expect(out).to.match(/✕ FAIL .*\n {6}\S.*\n {6}\S.*\n {8}\.\/hwlab run --image \S+ --device \S+ --suite \S+(?: --machine \S+)? --test /);
    expect(out).to.match(/\d+ × needs /);
  });

  it('a summary of 300 cells is read in a minute', async () => {
    const big = fakeNight({ seed: 5, cells: 300, folder: '/r/nights/x' }).summary;
    const before = fakeNight({ seed: 8, cells: 300, folder: '/r/nights/w' }).summary;
    const { out } = await play({ ...big, before: { id: 'w', startedAt: before.night.startedAt, results: before.results } }, { terminal: false });
    expect(out.split('\n').length).to.be.below(160);
  });

  it('--json prints one object and nothing else', async () => {
    const { out } = await play(summary, { terminal: false, json: true });
    const said = JSON.parse(out) as { readonly failures: readonly { readonly runAgain: string }[]; readonly exitCode: number; readonly reports: unknown };
    expect(said.exitCode).to.equal(1);
    expect(said.failures.length).to.be.above(0);
    expect(said.failures.every((failure) => failure.runAgain.startsWith('./hwlab run '))).to.equal(true);
    expect(said.reports).to.deep.equal({ page: '/r/nights/x/index.html' });
  });

  it('says when the night stopped and how to go on', async () => {
    const stopped = fakeNight({ seed: 1, cells: 8, green: true, folder: '/r/nights/x', stopped: { code: 'no-disk-space', message: 'only 3 MiB are free' } }).summary;
    const { out } = await play(stopped, { terminal: false });
    expect(out).to.contain('The night stopped early, after 4 of 8 cells.').and.to.contain(`./hwlab nightly --resume ${stopped.night.id}`);
  });

  it('says so when all is well, and when nothing was tested', async () => {
    expect((await play(fakeNight({ seed: 1, cells: 2, green: true, folder: '/r' }).summary, { terminal: false })).out).to.contain('Everything passed: 12 tests in 2 cells.');
    expect((await play(fakeNight({ seed: 1, cells: 0, folder: '/r' }).summary, { terminal: false })).out).to.contain('Nothing was tested.');
  });
});

describe('its parts', () => {
  it('the line of the whole says what is left, and owns up to an estimate that was too short', () => {
    let now = 0;
    const progress = new NightProgress(() => now);
    progress.started({ night: fakeNight({ seed: 1, cells: 2, folder: '/r' }).summary.night, estimateSeconds: 60 });
    now = 20_000;
    expect(progress.lines().at(-1)).to.contain('about 40 s left');
    now = 150_000;
    expect(progress.lines().at(-1)).to.contain('longer than estimated').and.not.to.contain('left');
  });

  it('colours only on a terminal, not with NO_COLOR, not on a dumb one', () => {
    expect([coloursWanted(true, {}), coloursWanted(false, {}), coloursWanted(true, { NO_COLOR: '1' }), coloursWanted(true, { NO_COLOR: '' }), coloursWanted(true, { TERM: 'dumb' })]).to.deep.equal([true, false, false, true, false]);
  });

  it('live lines are cut to the width, and only what was painted is taken away', () => {
    let written = '';
    const live = new LiveLines((text) => (written += text), () => 21);
    live.show(['x'.repeat(50), 'short']);
    expect(written).to.equal(`${'x'.repeat(19)}…\nshort\n`);
    written = '';
    live.keep('stays', ['one']);
    expect(written).to.equal('\u001b[2A\u001b[0Jstays\none\n');
    written = '';
    live.clear();
    live.clear();
    expect(written).to.equal('\u001b[1A\u001b[0J');
  });

  it('oneLine and spokenSeconds', () => {
    expect(oneLine('a\n\tb\u001b[31mc\u0007', 20)).to.equal('a bc\\u0007');
    expect(oneLine('x'.repeat(300), 10)).to.equal('xxxxxxxxx…');
    expect([0.84, 59.94, 59.96, 372, 7500].map(spokenSeconds)).to.deep.equal(['0.8 s', '59.9 s', '1 min 0 s', '6 min 12 s', '2 h 5 min']);
  });
});
