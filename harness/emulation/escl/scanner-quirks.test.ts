import { expect } from 'chai';
import { readXml, child, childText } from '../../wire/escl/read-xml.ts';
import { parseScannerCapabilities } from '../../wire/escl/parse-scanner-capabilities.ts';
import type { ScannerCapabilities } from '../../wire/escl/scanner-capabilities.ts';
import type { ScannerQuirks } from './escl-scanner-behaviour.ts';
import { writeCapabilities } from './odd-capabilities.ts';
import type { ScanJob } from './scan-job.ts';
import { Scanner } from './scanner.ts';

const input = { minWidth: 16, maxWidth: 300, minHeight: 16, maxHeight: 300, profiles: [{ colorModes: ['Grayscale8'], formats: ['image/png'], resolutions: [[75, 75]] }] } as const;
const capabilities: ScannerCapabilities = { version: '2.63', makeAndModel: 'Test', platen: input, feeder: { simplex: input } };

class Bench {
  now = 0;
  readonly scanner: Scanner;

  constructor(quirks: ScannerQuirks) {
    this.scanner = new Scanner({ capabilities, quirks }, () => this.now);
  }

  job(): ScanJob | number {
    const made = this.scanner.createJob({ inputSource: 'Feeder' });
    return 'status' in made ? made.status : made;
  }

  feed(job: ScanJob): string {
    const next = this.scanner.nextDocument(job);
    if (typeof next === 'string') return next;
    job.pages.push({ number: job.pages.length + 1, mediaType: 'image/png', width: 1, height: 1, bytes: 1, sha256: '', complete: true });
    this.scanner.documentSent(job);
    return 'page';
  }
}

function started(bench: Bench): ScanJob {
  const job = bench.job();
  if (typeof job === 'number') throw new Error(`refused with ${job}`);
  return job;
}

describe('oddities of scanners', () => {
  it('an empty feeder that is taken for a jam', () => {
    const bench = new Bench({ emptyFeeder: 'jam' });
    expect(bench.feed(started(bench))).to.equal('no-more');
    expect(bench.scanner.status()).to.include({ state: 'Stopped', adfState: 'ScannerAdfJam' });
  });

  it('a feeder that is done after one page, and lets the rest run through', () => {
    const bench = new Bench({ feederEndsAfter: 1 });
    bench.scanner.controls.loadFeeder(3);
    const job = started(bench);
    expect(bench.feed(job)).to.equal('page');
    expect([job.state, bench.scanner.controls.sheetsInFeeder()]).to.deep.equal(['Completed', 0]);
  });

  it('a feeder whose state is always the same', () => {
    const bench = new Bench({ adfStateSays: 'ScannerAdfLoaded' });
    expect(bench.scanner.status().adfState).to.equal('ScannerAdfLoaded');
    expect(bench.job()).to.equal(409);
    const empty = new Bench({ adfStateSays: 'ScannerAdfEmpty' });
    empty.scanner.controls.loadFeeder(1);
    expect(empty.scanner.status().adfState).to.equal('ScannerAdfEmpty');
    expect(empty.feed(started(empty))).to.equal('page');
  });

  it('a next page that is not there yet', () => {
    const bench = new Bench({ nextDocumentNotBefore: 1000 });
    bench.scanner.controls.loadFeeder(2);
    const job = started(bench);
    expect([bench.feed(job), bench.feed(job)]).to.deep.equal(['page', 'too-soon']);
    bench.now += 1000;
    expect([bench.feed(job), job.state]).to.deep.equal(['page', 'Processing']);
  });

  it('busy at first, for each job anew', () => {
    const bench = new Bench({ busyBeforeJob: 2 });
    bench.scanner.controls.loadFeeder(1);
    expect([bench.job(), bench.job()]).to.deep.equal([503, 503]);
    bench.scanner.endJob(started(bench), 'Canceled');
    expect(bench.job()).to.equal(503);
  });

  it('capabilities as of eSCL 1.0, with unknown colours, padded, and cut off', () => {
    const write = (quirks: Parameters<typeof writeCapabilities>[1]): string => writeCapabilities(capabilities, quirks);
    expect(parseScannerCapabilities(Buffer.from(write({}))).platen?.profiles).to.have.length(1);
    const old = readXml(Buffer.from(write({ oldProfiles: true })));
    const caps = child(child(old, 'Platen'), 'PlatenInputCaps');
    expect(child(caps, 'SettingProfiles')).to.equal(undefined);
    expect(child(caps, 'ColorProfiles')).to.not.equal(undefined);
    expect(write({ moreColorModes: ['RGB48'] })).to.contain('<scan:ColorMode>RGB48</scan:ColorMode>');
    const padded = write({ padding: 100_000 });
    expect(padded.length).to.be.above(100_000);
    expect(childText(readXml(Buffer.from(padded)), 'MakeAndModel')).to.equal('Test');
    expect(write({ cutAt: 50 })).to.have.length(50);
    const fewer = parseScannerCapabilities(Buffer.from(writeCapabilities({ ...capabilities, platen: { ...input, profiles: [{ ...input.profiles[0], resolutions: [[75, 75], [300, 300]] }] } }, { leavesOutResolution: 300 })));
    expect(fewer.platen?.profiles[0]?.resolutions).to.deep.equal([[75, 75]]);
  });
});
