import { expect } from 'chai';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { keepNeverReady } from './never-ready.ts';

describe('keepNeverReady', () => {
  let cache: string;
  const before = process.env['HWLAB_CACHE'];
  beforeEach(() => (process.env['HWLAB_CACHE'] = cache = mkdtempSync(join(tmpdir(), 'hwlab-never-'))));
  afterEach(() => {
    if (before === undefined) delete process.env['HWLAB_CACHE'];
    else process.env['HWLAB_CACHE'] = before;
    rmSync(cache, { recursive: true });
  });

  const error = new HwlabError({ code: 'not-ready', blame: 'product', message: 'the browser shows its page: not so after 300 s', facts: { lastSeen: 'exit 1' } });

  it('keeps the screens, the journal and the processes, and says where', async () => {
    const kept = await keepNeverReady(error, {
      name: 'debian-12-desktop-vm-two-displays',
      shell: { run: async (command) => ({ stdout: command.startsWith('journalctl') ? 'chromium: GPU process is not usable\n' : 'PID\n', stderr: '', exitCode: 0 }) },
      screens: 2,
      screenshot: async (file, screen) => writeFileSync(file, `screen ${screen}`),
    });
    const folder = join(cache, 'never-ready/debian-12-desktop-vm-two-displays');
    expect(kept).to.include({ code: 'not-ready', blame: 'product', message: error.message });
    expect(kept.advice).to.contain(folder);
    expect(kept.facts).to.include({ lastSeen: 'exit 1', kept: folder });
    expect(readdirSync(folder).sort()).to.deep.equal(['journal.txt', 'processes.txt', 'screen-1.png', 'screen-2.png']);
    expect(readFileSync(join(folder, 'journal.txt'), 'utf8')).to.equal('chromium: GPU process is not usable\n');
  });

  it('leaves out what cannot be had: the first reason stays the reason', async () => {
    const kept = await keepNeverReady(error, { name: 'dead', shell: { run: async () => Promise.reject(new Error('the shell is closed')) }, screens: 1, screenshot: async () => Promise.reject(new Error('no display')) });
    expect(kept.message).to.equal(error.message);
    expect(readdirSync(join(cache, 'never-ready/dead'))).to.deep.equal(['journal.txt', 'processes.txt']);
    expect(readFileSync(join(cache, 'never-ready/dead/journal.txt'), 'utf8')).to.contain('the shell is closed');
  });

  it('keeps nothing where nothing can be written, and loses not the reason for it', async () => {
    // No folder can be made below a file, for root as little as on a full disk.
    writeFileSync(join(cache, 'never-ready'), '');
    const kept = await keepNeverReady(error, { name: 'full', shell: { run: async () => ({ stdout: '', stderr: '', exitCode: 0 }) }, screens: 0, screenshot: async () => Promise.resolve() });
    expect(kept).to.equal(error);
  });
});
