import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { exampleResult, exampleTest } from '../example-result.ts';
import type { Device } from '../generated/device.ts';
import type { Profile } from '../generated/profile.ts';
import { assessDevice, type Assessment } from '../verdicts/assess-device.ts';
import { ImageHistory } from '../verdicts/test-history.ts';
import { imageName, deviceAnswer, type DeviceAnswer } from './device-answer.ts';
import { namedFeatures } from './feature-names.ts';

const now = new Date('2026-11-23T12:00:00Z');
const device: Device = { id: 'acme-laser', vendor: 'Acme', name: 'Laser', aliases: [], classes: ['printer'], usb: [{ vendorId: '0x0482', productId: '0x069d' }] };
const images = new Map([['debian-12', { os: 'Debian', version: '12', supportedUntil: '2027-01-31' }]]);

function assessed(results: readonly ReturnType<typeof exampleResult>[], profiles: ReadonlyMap<string, Profile> = new Map(), of: Device = device): Assessment {
  const history = new ImageHistory(() => false);
  for (const result of results) history.add(result);
  return assessDevice({ device: of, image: 'debian-12', history, profiles, current: undefined, faultOf: () => undefined, newerPointReleases: 0, retired: false, now });
}

function answer(results: readonly ReturnType<typeof exampleResult>[], of: Device = device): DeviceAnswer {
  return deviceAnswer(of, [assessed(results, new Map(), of)], { images, now });
}

const codes = (given: DeviceAnswer): readonly string[] => given.images[0]?.reasons.map(({ code }) => code) ?? [];

describe('deviceAnswer', () => {
  it('says of a device without results that nothing is known, and not that it does not work', () => {
    const given = answer([]);
    expect(given.images[0]).to.include({ headline: 'not-tested', level: null, lastTestedAt: null, valid: null, imageName: 'Debian 12' });
    expect(codes(given)).to.deep.equal(['nothing-known']);
    expect(given.images[0]?.text.ru.headline).to.equal('Не проверено');
  });

  it('says first of what the lab made up that nobody can buy it, and lets nobody lean on it', () => {
    const given = answer([exampleResult()], { ...device, invented: 'a reference device of a test' });
    expect(codes(given)[0]).to.equal('not-a-product');
    expect(given.device.invented).to.equal(true);
    expect(given.images[0]?.valid).to.equal(null);
    expect(answer([exampleResult()]).images[0]?.valid).not.to.equal(null);
  });

  it('tells images of one version apart by their variant', () => {
    const record = { schema: 'hwlab/image/1', id: 'x', os: 'Debian', version: '12', format: 'qcow2', recipe: 'x', boot: 'bios', login: { username: 'root' } } as const;
    expect(imageName('x', new Map([['x', record]]))).to.equal('Debian 12');
    expect(imageName('x', new Map([['x', { ...record, variant: 'backports' }]]))).to.equal('Debian 12 backports');
    expect(imageName('y', new Map())).to.equal('y');
  });

  it('says of an emulated pass that it is expected to work, and until when that holds', () => {
    const given = answer([exampleResult()]);
    expect(given.images[0]).to.include({ headline: 'expected-to-work', level: 'E2', units: 1, path: 'd/acme-laser/debian-12' });
    expect(codes(given)).to.deep.equal(['tests', 'virtual-only']);
    expect(given.images[0]?.valid).to.deep.equal({ date: '2027-01-31', because: 'image-support-ends' });
    expect(given.images[0]?.evidence).to.deep.equal([
      { result: '20261122-031500-abcd-0001', night: '20261122-031500-abcd', at: '2026-11-22T03:15:10.000Z', level: 'E2', unit: 'usb-laser emulated usb-redir pc', imageSha256: 'a'.repeat(64) },
    ]);
  });

  it('names what fails, in both languages, and lists it as a limit', () => {
    const given = answer([exampleResult({ tests: [exampleTest('printing.raw', 'FAIL', 'FAIL')] })]);
    expect(given.images[0]?.headline).to.equal('expected-not-to-work');
    expect(codes(given)[0]).to.equal('required-fails');
    expect(given.images[0]?.limits).to.deep.equal([{ feature: 'printing.raw', requirement: 'required', verdict: 'broken', afterSetup: false, parts: ['a page arrives'] }]);
    expect(given.images[0]?.text.ru.reasons[0]).to.equal('Не работает обязательное: задание доходит целиком.');
    expect(given.images[0]?.text.en.reasons[0]).to.equal('What it must do does not work: a job arrives whole.');
  });

  it('says which class of a multi-function device was never tested', () => {
    const given = answer([exampleResult()], { ...device, classes: ['printer', 'scanner'] });
    expect(given.images[0]?.headline).to.equal('not-tested');
    expect(given.images[0]?.reasons).to.deep.include({ code: 'class-untested', classes: ['scanner'] });
  });

  it('is the same after a way through JSON', () => {
    const given = answer([exampleResult(), exampleResult({ id: '20261122-031500-abcd-0002', tests: [exampleTest('printing.raw', 'FAIL', 'PASS')] })]);
    expect(JSON.parse(JSON.stringify(given))).to.deep.equal(given);
  });

  it('has a name in plain words for every feature of the profiles, and for no other', () => {
    const folder = join(projectRoot, 'suites/profiles');
    const profiles = readdirSync(folder).filter((name) => name.endsWith('.json')).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile);
    expect([...namedFeatures()].sort()).to.deep.equal([...new Set(profiles.flatMap((profile) => Object.keys(profile.features)))].sort());
  });
});

describe('deviceAnswer on what the image claims (E0)', () => {
  const claim = { class: 'printer' as const, claimed: true, drivers: [{ kind: 'ipp-usb' as const, name: 'ipp-usb', package: 'ipp-usb 0.9.23', by: 'class' as const, source: '/usr/lib/udev/rules.d/71-ipp-usb.rules', pattern: 'usb:v*p*d*dc*dsc*dp*ic07isc01ip04in*' }] };
  const rules = { claims: [claim], readAt: '2026-11-20T00:00:00Z', kernel: '6.1.0-56-amd64', sha256: '0'.repeat(64) };
  const withRule = (results: readonly ReturnType<typeof exampleResult>[], more: Partial<Parameters<typeof assessDevice>[0]> = {}): DeviceAnswer => {
    const history = new ImageHistory(() => false);
    for (const result of results) history.add(result);
    const assessment = assessDevice({ device, image: 'debian-12', history, profiles: new Map(), current: undefined, faultOf: () => undefined, newerPointReleases: 0, retired: false, now, rules, ...more });
    return deviceAnswer(device, [assessment], { images, now });
  };

  it('expects an untested device to work, says that nobody tried it, and names the driver', () => {
    const [given] = withRule([]).images;
    expect(given).to.include({ headline: 'expected-to-work', level: 'E0', freshness: 'fresh', lastTestedAt: null });
    expect(given?.reasons).to.deep.equal([{ code: 'rule-claims', classes: ['printer'], drivers: ['ipp-usb (ipp-usb 0.9.23)'] }]);
    expect(given?.text.ru.reasons[0]).to.contain('Никто не проверял');
    expect(given?.text.en.headline).to.contain('not tested by us');
  });

  it('is silent beside any test that said something', () => {
    const [given] = withRule([exampleResult({ tests: [exampleTest('printing.raw', 'FAIL', 'FAIL')] })]).images;
    expect(given).to.include({ headline: 'expected-not-to-work', level: 'E2' });
    expect(given?.reasons.map(({ code }) => code)).not.to.contain('rule-claims');
  });

  it('says no more when the image has another kernel since, or it was read long ago', () => {
    expect(withRule([], { current: { imageSha256: 'a'.repeat(64), kernel: '6.12.1-amd64', packages: {} } as never }).images[0]).to.include({ headline: 'not-tested', headlineWhenTested: 'expected-to-work', freshness: 'stale' });
    expect(withRule([], { now: new Date('2028-01-01T00:00:00Z') }).images[0]).to.include({ headline: 'not-tested', freshness: 'stale' });
  });
});
