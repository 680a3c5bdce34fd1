import { expect } from 'chai';
import type { Device } from '../generated/device.ts';
import type { ImportedFact } from '../generated/imported-fact.ts';
import { identifyIn } from '../identity/identify.ts';
import { FactGroups, modelId, modelKey } from './entries-from-facts.ts';
import { identityOf, type OpenIdentity } from './open-identity.ts';

const device: Device = { id: 'hp-laserjet-1320', vendor: 'HP', name: 'LaserJet 1320', aliases: [], classes: ['printer'], usb: [{ vendorId: '0x03f0', productId: '0x1d17' }] };
const bridge: Device = { id: 'nano', vendor: 'Arduino', name: 'Nano', aliases: [], classes: ['robotics'], usb: [{ vendorId: '0x1a86', productId: '0x7523', shared: 'the chip' }] };

function fact(vendor: string, name: string, usb: readonly string[], says?: 'works' | 'broken', kind: ImportedFact['source']['kind'] = 'sane-desc'): ImportedFact {
  return {
    source: { kind, name: kind, date: '2026-01-02', licence: 'free', importedAt: '2026-11-22T00:00:00Z', at: 'x:1' },
    evidence: 'E1',
    device: { vendor, name, usb: [...usb] },
    ...(says === undefined ? {} : { claim: { says } }),
  };
}

function open(...facts: readonly ImportedFact[]): OpenIdentity {
  const groups = new FactGroups();
  for (const each of facts) groups.add(each);
  return identityOf([device, bridge], groups);
}

describe('identity with imported facts', () => {
  it('puts facts of one model together, whatever the list calls its maker', () => {
    const { catalogue } = open(fact('Hewlett-Packard', 'ScanJet 4300c', ['03f0:0305']), fact('HP, Inc', 'Scanjet 4300C', ['03f0:0306'], undefined, 'usb-ids'));
    expect(catalogue.size).to.equal(3);
    expect(catalogue.entry(2)).to.deep.include({ id: 'hp-scanjet-4300c', vendor: 'HP', importedFrom: ['sane-desc', 'usb-ids'] });
    expect(catalogue.entry(2).usb.map(({ id, listedBy }) => `${id} ${listedBy}`)).to.deep.equal(['03f0:0305 sane-desc', '03f0:0306 usb-ids']);
  });

  it('adds to our own device what a list says of it, marked, and claims beside', () => {
    const { catalogue, claimsOf } = open(fact('Hewlett-Packard', 'LaserJet 1320 series', ['03f0:1e17'], 'works'));
    expect(catalogue.size).to.equal(2);
    expect(claimsOf('hp-laserjet-1320').map(({ says, source, date, licence }) => [says, source, date, licence])).to.deep.equal([['works', 'sane-desc', '2026-01-02', 'free']]);
    const { decision, matches } = identifyIn(catalogue, '03f0:1e17');
    expect([decision, matches[0]?.device, matches[0]?.confidence]).to.deep.equal(['one', 'hp-laserjet-1320', 0.9]);
    expect(matches[0]?.because).to.include('usb-id-listed:sane-desc');
  });

  it('does not make two models one by a shared id or by an id and another number', () => {
    const { catalogue } = open(fact('QinHeng', 'CH340 serial converter', ['1a86:7523']), fact('HP', 'LaserJet 1160', ['03f0:1d17']));
    expect(catalogue.size).to.equal(4);
    expect(identifyIn(catalogue, '03f0:1d17').decision).to.equal('several');
    expect(identifyIn(catalogue, '1a86:7523').decision).to.equal('several');
  });

  it('gives ids that no device of ours and no other model has', () => {
    const { catalogue } = open(fact('HP', 'LaserJet-1320 (x)', []), fact('HP', 'LaserJet 1320 / X!', []), fact('', '???', []), fact('Кто-то', 'Модель', []));
    const ids = Array.from({ length: catalogue.size }, (_unused, number) => catalogue.entry(number).id);
    expect(new Set(ids).size).to.equal(ids.length);
    for (const id of ids) expect(id).to.match(/^[a-z0-9][a-z0-9-]{0,79}$/);
  });

  it('has keys that ignore case, punctuation, generic words and other names of the maker', () => {
    expect(modelKey('Seiko Epson Corp.', 'Perfection V33 Scanner')).to.equal(modelKey('EPSON', 'perfection-v33'));
    expect(modelKey('HP', 'LaserJet P1102')).to.not.equal(modelKey('HP', 'LaserJet P1102w'));
    expect(modelKey('', '!!!')).to.equal(undefined);
    expect(modelId('', '')).to.equal('unnamed');
  });
});
