import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { readPanel } from './panel.ts';

const folder = join(projectRoot, 'fixtures/devices/panels');

/** contacts, contacts a report, touch report's bytes, width and height in mm, pen */
const expected: Readonly<Record<string, readonly [number, number, number, number | undefined, number | undefined, boolean]>> = {
  'hwlab-panel-65': [10, 10, 104, 1428.5, 803.5, true],
  'irtouch-6615-0070': [2, 2, 14, 593, 371, true],
  'ilitek-222a-0015': [10, 10, 56, 222.7, 125.2, false],
  'flatfrog-25b5-0002': [40, 20, 206, 698.4, 392.9, false],
  'tpv-25aa-8883': [2, 2, 14, 476, 268, false],
  'pqlabs-1ef1-0001': [2, 4, 26, 643, 403, false],
  'egalax-0eef-7349': [8, 1, 6, undefined, undefined, false],
};

describe('panel models', () => {
  it('are all known here', () => {
    expect(readdirSync(folder).sort()).to.deep.equal(Object.keys(expected).map((id) => `${id}.json`).sort());
  });

  for (const [id, [contacts, perReport, bytes, width, height, pen]] of Object.entries(expected)) {
    it(`${id}: report descriptor says what the product is`, () => {
      const panel = readPanel(JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8')) as EmulatedModel);
      expect([panel.facts.contacts, panel.facts.contactsPerReport, panel.touch?.layout.report.bytes]).to.deep.equal([contacts, perReport, bytes]);
      expect([round(panel.facts.x.millimetres), round(panel.facts.y.millimetres), panel.pen !== undefined]).to.deep.equal([width, height, pen]);
    });
  }
});

function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value * 10) / 10;
}
