import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { partsOfDomain, partsOfKernel, partsOfProfile } from './profile-parts.ts';

const all = { parts: ['sound', 'battery', 'thermal', 'wifi', 'camera'] } as const;

describe('parts of a machine profile', () => {
  it('are nothing where none are named', () => {
    expect(partsOfDomain({})).to.deep.equal({ sound: false, acpiTables: [] });
    expect(partsOfKernel({})).to.deep.equal([]);
  });

  it('are what the system must find, beside the network card and a display', () => {
    expect(partsOfProfile({ display: 'none' })).to.deep.equal(['ethernet']);
    expect(partsOfProfile({ display: 'vga', parts: ['battery'] })).to.deep.equal(['ethernet', 'graphics', 'battery']);
  });

  it('come from the card, from the firmware or from the kernel, each by itself', () => {
    const { sound, acpiTables } = partsOfDomain(all);
    expect([sound, ...acpiTables.map((path) => basename(path))]).to.deep.equal([true, 'battery.aml', 'thermal.aml']);
    expect(partsOfDomain({ parts: ['thermal'] }).acpiTables.map((path) => basename(path))).to.deep.equal(['thermal.aml']);
    expect(partsOfKernel({ parts: ['wifi'] })).to.deep.equal(['modules_load=mac80211_hwsim', 'mac80211_hwsim.radios=1']);
    expect(partsOfKernel({ parts: ['sound', 'battery'] })).to.deep.equal([]);
    expect(partsOfKernel(all)).to.include('modules_load=vivid');
  });

  for (const path of partsOfDomain(all).acpiTables) {
    it(`${basename(path)} is a whole table, and what iasl makes of its source`, async () => {
      const table = await readFile(path);
      expect(table.toString('latin1', 0, 4)).to.equal('SSDT');
      expect(table.readUInt32LE(4)).to.equal(table.length);
      expect(table.reduce((sum, byte) => (sum + byte) & 0xff, 0), 'checksum').to.equal(0);
      const folder = await mkdtemp(join(tmpdir(), 'hwlab-acpi-'));
      try {
        await promisify(execFile)('iasl', ['-p', join(folder, 'made'), path.replace(/\.aml$/, '.asl')]);
        expect(withoutCompiler(await readFile(join(folder, 'made.aml')))).to.equal(withoutCompiler(table));
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});

/** The table as hexadecimal digits without its checksum and the revision of the compiler (ACPI 6.4, 5.2.6). */
function withoutCompiler(table: Buffer): string {
  return Buffer.concat([table.subarray(0, 9), table.subarray(10, 32), table.subarray(36)]).toString('hex');
}
