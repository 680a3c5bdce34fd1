import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { complaints, missingFirmware, type BaselineEntry } from './kernel-complaints.ts';

const at = { image: 'debian-12', machine: 'vm-basic' };

describe('what the kernel complains of', () => {
  const log = '[    0.1] a: broken\n<3>[   12.345] b: broken\n[    9.0] a: broken\n\n';
  const rows: readonly [string, readonly BaselineEntry[], readonly string[]][] = [
    ['everything, without a baseline, each line once', [], ['a: broken', 'b: broken']],
    ['not what is put up with everywhere', [{ line: '^a: ', why: 'x' }], ['b: broken']],
    ['not what is put up with on this image and machine', [{ line: '^a: ', images: ['debian-12'], machines: ['vm-*'], why: 'x' }], ['b: broken']],
    ['but what is put up with on another image', [{ line: '^a: ', images: ['debian-13'], why: 'x' }], ['a: broken', 'b: broken']],
    ['and on another machine', [{ line: '^a: ', machines: ['laptop-*'], why: 'x' }], ['a: broken', 'b: broken']],
  ];
  for (const [name, baseline, expected] of rows) it(name, () => expect(complaints(log, baseline, at)).to.deep.equal(expected));

  it('the baseline in the repository compiles, and every entry says why', () => {
    const { entries } = JSON.parse(readFileSync(join(import.meta.dirname, 'kernel-log-baseline.json'), 'utf8')) as { readonly entries: readonly BaselineEntry[] };
    for (const { line, why } of entries) {
      expect(why, line).to.have.length.greaterThan(10);
      expect(new RegExp(line).test('')).to.equal(false, `${line} puts up with everything`);
    }
  });

  it('names firmware that was not there, in the words of both kernels', () => {
    const lines = [
      '[ 5.1] iwlwifi 0000:00:14.3: Direct firmware load for iwlwifi-so-a0-gf-a0-72.ucode failed with error -2',
      '[ 5.2] platform regulatory.0: firmware: failed to load regulatory.db (-2)',
      '[ 5.2] platform regulatory.0: Direct firmware load for regulatory.db failed with error -2',
      '[ 5.3] cfg80211: failed to load regulatory.db',
      '[ 5.4] amdgpu: loaded firmware all is well',
    ];
    expect(missingFirmware(lines.join('\n'))).to.deep.equal(['iwlwifi-so-a0-gf-a0-72.ucode', 'regulatory.db']);
  });
});
