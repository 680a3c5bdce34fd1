import { expect } from 'chai';
import { execa } from 'execa';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';

describe('identify and db import, spawned', function () {
  this.timeout(120_000);
  let folder: string;
  const file = (name: string): string => join(folder, name);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-identify-'));
    writeFileSync(file('usb.ids'), '# Version: 2026.01.01\n# Date:    2026-01-01 00:00:00\n4242  Imaginary Corp.\n\t0001  Visionary 777\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function hwlab(...args: readonly string[]): Promise<{ readonly code: number | undefined; readonly out: string; readonly err: string }> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [join(projectRoot, 'harness/cli/main.ts'), ...args], { reject: false, env: { HWLAB_CACHE: file('cache') } });
    return { code: exitCode, out: stdout, err: stderr };
  }

  it('names one device with its reasons, in both languages, and as JSON', async () => {
    const russian = await hwlab('identify', 'Куосера М2040dn или аналог', '--lang', 'ru');
    expect(russian.code).to.equal(0);
    expect(russian.out).to.contain('Kyocera ECOSYS M2040dn (kyocera-ecosys-m2040dn)').and.to.contain('допускается эквивалент');
    const english = await hwlab('identify', '0482:069d');
    expect(english.out).to.contain('the same USB id: 0482:069d');
    const { decision, orEquivalent, matches } = JSON.parse((await hwlab('identify', 'НР LaserJet 1320 or equivalent', '--json')).out) as { readonly decision: string; readonly orEquivalent: boolean; readonly matches: readonly { readonly device: string }[] };
    expect([decision, orEquivalent, matches[0]?.device]).to.deep.equal(['one', true, 'hp-laserjet-1320']);
  });

  it('ends with 2 when it may be several, only related ones are known, or none', async () => {
    for (const [asked, says] of [['1a86:7523', 'any of these'], ['HP LaserJet P1102w', 'two models'], ['Стул ученический', 'Nothing like it']] as const) {
      const { code, out } = await hwlab('identify', asked);
      expect(code, asked).to.equal(2);
      expect(out, asked).to.contain(says);
    }
  });

  it('prints no control characters of what was asked', async () => {
    const { out } = await hwlab('identify', 'HP \u001b[31mLaserJet\u0007 P1102w');
    for (const control of ['\u001b', '\u0007']) expect(out).to.not.contain(control);
  });

  it('imports a list, knows its models, marks them, and lints what it wrote', async () => {
    const db = file('db');
    const tried = await hwlab('db', 'import', 'usb-ids', file('usb.ids'), '--db', db, '--dry-run');
    expect(tried.out).to.contain('usb-ids: 1 facts of usb.ids 2026.01.01, 2026-01-01, evidence E1').and.to.contain('nothing was written');
    expect(existsSync(db)).to.equal(false);
    const { code, out } = await hwlab('db', 'import', 'usb-ids', file('usb.ids'), '--db', db, '--json');
    expect(code).to.equal(0);
    expect(JSON.parse(out)).to.deep.include({ kind: 'usb-ids', facts: 1, evidence: 'E1', problems: 0, file: join(db, 'imported/usb-ids.jsonl') });
    const found = await hwlab('identify', 'Imaginary Visionary 777', '--db', db);
    expect(found.code).to.equal(0);
    expect(found.out).to.contain('known only from public lists (usb-ids)');
    expect((await hwlab('db', 'lint', '--db', db)).out).to.contain('0 errors');
    writeFileSync(join(db, 'imported/usb-ids.jsonl'), '{"evidence":"E5"}\n');
    expect((await hwlab('db', 'lint', '--db', db)).out).to.contain('imported-facts-are-whole');
  });

  it('says what to do when a list cannot be imported', async () => {
    const unknown = await hwlab('db', 'import', 'usbids', file('usb.ids'));
    expect([unknown.code, unknown.err]).to.satisfy(([code, err]: readonly [number, string]) => code === 2 && err.includes('usb-ids'));
    const missing = await hwlab('db', 'import', 'foomatic', file('nowhere'));
    expect([missing.code, missing.err]).to.satisfy(([code, err]: readonly [number, string]) => code === 2 && err.includes('foomatic-db'));
  });
});
