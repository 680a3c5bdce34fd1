import { expect } from 'chai';
import type { KnownIssue } from '../harness/db/generated/known-issue.ts';
import { loadCatalogue, type Catalogue } from '../harness/run/catalogue.ts';
import { findingsText } from './findings-text.ts';

const issue: KnownIssue = {
  id: 'loses-paper',
  kind: 'errata',
  title: 'The spooler forgets a page',
  scope: { images: ['debian-13'], personalities: ['printer-slow'], features: ['printing.raw'] },
  signature: { message: 'forgot' },
  owner: 'hwlab',
  link: 'https://example.org/1',
  since: '2026-01-01',
  expires: '2027-01-01',
  note: 'Seen once.',
};

describe('docs/findings.md', () => {
  let catalogue: Catalogue;
  before(async () => {
    catalogue = await loadCatalogue([]);
  });

  it('tells what is wrong, where, since when, and the command that shows it with a model that the quirk fits', () => {
    const text = findingsText([issue], catalogue);
    expect(text).to.contain('## The product is wrong\n\n### The spooler forgets a page\n\nSeen once.\n\nKnown on debian-13 since 2026-01-01; [public thread](https://example.org/1).');
    expect(text).to.match(/^ {4}\.\/hwlab run --image debian-13 --device [\w-]+\+printer-slow --suite printers --test printing\.raw$/m);
  });

  it('names the machine in the command where the issue is of one', () => {
    const text = findingsText([{ ...issue, scope: { machines: ['vm-laptop'], features: ['machine.battery'] } }], catalogue);
    expect(text).to.match(/^ {4}\.\/hwlab run --image debian-12 --device \S+ --suite machine --machine vm-laptop --test machine\.battery$/m);
  });

  it('says of each quirk what works and what fails, with the known issue or the message, which stays in its cell', () => {
    const seen = { personalities: ['printer-slow'] as [string], model: 'brother-hl-2140', suite: 'printers', seen: '2026-11-22', night: 'n', imageSha256: '', suiteRevision: '', outcome: 'FAIL' as const };
    const observation = { ...seen, works: ['printing.raw'], fails: [{ feature: 'printing.replug', message: 'a|b\n<i>' }, { feature: 'printing.device-id', message: 'x', knownIssues: ['loses-paper'] as [string] }] };
    const text = findingsText([], catalogue, new Map([['debian-13', [observation]]]));
    expect(text).to.contain('## What debian-13 does about the quirks of real devices').and.to.contain('1 quirks of ');
    expect(text).to.contain('(printer-slow) | brother-hl-2140, printers | works: printing.raw; fails: printing.replug (a\\|b \\<i\\>); fails: printing.device-id (loses-paper) |');
  });

  it('gives no command for a feature that no suite has', () => {
    expect(findingsText([{ ...issue, scope: { features: ['no.such'] } }], catalogue)).to.not.contain('./hwlab run');
  });
});
