import { expect } from 'chai';
import { join } from 'node:path';
import { projectRoot } from '../harness/base/places.ts';
import { suitesReadme } from './suites-readme.ts';

describe('suitesReadme', () => {
  const text = suitesReadme({
    assertions: new Map([
      [
        'scanners',
        [
          { id: 'S1', asserts: 'it is listed | once', provenBy: [{ suite: 'scanners', feature: 'scanning.listed', personality: 'slow' }], without: 'WSD', threads: ['https://example.org/1'] },
          { id: 'S3', asserts: 'it scans', provenBy: [{ suite: 'scanners', feature: 'scanning.busy' }] },
          { id: 'S2', asserts: 'it is found', provenBy: [], leftOut: 'no radio' },
        ],
      ],
    ]),
    suites: [{ name: 'scanners', files: [], revision: '0', requirements: { 'scanning.listed': 'required', 'scanning.busy': 'trial' } }],
    controls: new Map([['scanners', [{ id: 'c', why: 'w', model: 'm', mustFail: ['scanning.listed'] }]]]),
    declared: [{ suite: 'scanners', feature: 'scanning.listed', title: 't', file: join(projectRoot, 'suites/scanners/listing.suite.ts'), line: 1 }],
  });

  it('links an assertion to the file that proves it, to its threads and to the quirk', () => {
    expect(text).to.contain(
      '| S1 | it is listed \\| once [1](https://example.org/1) | scanners [`scanning.listed`](scanners/listing.suite.ts) with [slow](../fixtures/personalities/slow.json) (without: WSD) |',
    );
  });

  it('says which proof is on trial, and where its finding is', () => {
    expect(text).to.contain('| S3 | it scans | scanners `scanning.busy` (on trial: [findings](../docs/findings.md)) |');
  });

  it('says why one is left out, and counts', () => {
    expect(text).to.contain('| S2 | it is found | *left out*: no radio |').and.to.contain('Of 3 assertions about devices 2 are proven by a test and 1 are left out');
    expect(text).to.contain('| scanners | 1 | 1 | 1 | 1 |');
  });
});
