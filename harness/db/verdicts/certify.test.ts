import { expect } from 'chai';
import { certificateGaps, type CertificateFacts, type CertificateGap } from './certify.ts';

const now = new Date('2026-11-22T12:00:00Z');
const certificate: CertificateFacts['certificate'] = {
  id: 'acme-laser-debian-12',
  device: 'acme-laser',
  image: 'debian-12',
  reviewer: 'A. Reviewer',
  decidedAt: '2026-11-22',
  expires: '2026-11-22',
  reason: 'all green',
  results: ['n1-0001', 'n1-0002', 'n2-0001'],
  artefacts: [{ path: 'n1/console.txt', sha256: 'a'.repeat(64) }],
};
const good: CertificateFacts = {
  certificate,
  works: true,
  real: true,
  incomplete: false,
  greenRuns: [
    { result: 'n1-0001', night: 'n1' },
    { result: 'n1-0002', night: 'n1' },
    { result: 'n2-0001', night: 'n2' },
    { result: 'n3-0001', night: 'n3' },
  ],
  now,
};

describe('certificateGaps', () => {
  const change = (part: Partial<CertificateFacts['certificate']>): Partial<CertificateFacts> => ({ certificate: { ...certificate, ...part } });
  const table: readonly (readonly [string, Partial<CertificateFacts>, readonly CertificateGap[]])[] = [
    ['all there, on its first and last day', {}, []],
    ['revoked today', change({ revoked: { at: '2026-11-22', reason: 'a firmware broke it' } }), ['revoked']],
    ['to be revoked tomorrow', change({ revoked: { at: '2026-11-23', reason: 'a firmware breaks it' } }), []],
    ['decided tomorrow', change({ decidedAt: '2026-11-23' }), ['not-yet-decided']],
    ['expired yesterday', change({ expires: '2026-11-21' }), ['expired']],
    ['an emulated device', { real: false }, ['not-a-real-device']],
    ['a required feature fails', { works: false }, ['required-not-working']],
    ['a required feature was not run', { incomplete: true }, ['required-not-working']],
    ['a run that is not known or not green', change({ results: [...certificate.results, 'n9-0001'] }), ['runs-missing']],
    ['two runs on two nights', change({ results: ['n1-0001', 'n2-0001'] }), ['too-few-runs']],
    ['three runs on one night', { ...change({ results: ['n1-0001', 'n1-0002', 'n1-0003'] }), greenRuns: [...good.greenRuns, { result: 'n1-0003', night: 'n1' }] }, ['too-few-nights']],
    ['green runs that it does not name do not count', change({ results: ['n1-0001', 'n1-0002'] }), ['too-few-runs', 'too-few-nights']],
    ['no artefact', change({ artefacts: [] }), ['artefacts-not-hashed']],
    ['nothing at all', { works: false, real: false, greenRuns: [] }, ['not-a-real-device', 'required-not-working', 'runs-missing', 'too-few-runs', 'too-few-nights']],
  ];
  for (const [what, part, gaps] of table) it(`${what}: ${gaps.join(', ') || 'it holds'}`, () => expect(certificateGaps({ ...good, ...part })).to.deep.equal(gaps));
});
