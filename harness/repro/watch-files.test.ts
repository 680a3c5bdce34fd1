import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nextSave } from './watch-files.ts';

describe('nextSave', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-watch-'));
    mkdirSync(join(folder, 'printers'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives a file that was saved, and not what an editor leaves beside it', async () => {
    const saved = nextSave([folder], new AbortController().signal, 20);
    writeFileSync(join(folder, 'printers/.raw.suite.ts.swp'), 'x');
    writeFileSync(join(folder, 'printers/raw.suite.ts'), 'x');
    expect(await saved).to.equal('printers/raw.suite.ts');
  });

  it('ends when it is told to', async () => {
    const stop = new AbortController();
    const saved = nextSave([folder], stop.signal);
    stop.abort();
    expect(await saved).to.equal(undefined);
    expect(await nextSave([folder], stop.signal)).to.equal(undefined);
  });
});
