import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { readPanel } from './panel.ts';

const folder = join(projectRoot, 'fixtures/devices/panels');

/** contacts, contacts a report, touch report's bytes, width and height in mm, pen */
const expected: Readonly<Record<string, readonly [number, number, number | undefined, number | undefined, number | undefined, boolean]>> = {
  'hwlab-panel-65': [10, 10, 104, 1428.5, 803.5, true],
  'irtouch-6615-0070': [2, 2, 14, 593, 371, true],
  'ilitek-222a-0015': [10, 10, 56, 222.7, 125.2, false],
  'flatfrog-25b5-0002': [40, 20, 206, 698.4, 392.9, false],
  'tpv-25aa-8883': [2, 2, 14, 476, 268, false],
  'pqlabs-1ef1-0001': [2, 4, 26, 643, 403, false],
  'egalax-0eef-7349': [8, 1, 6, undefined, undefined, false],
  'elo-04e7-0080': [4, 4, 25, 934, 527, false],
  'goodix-27c6-0113': [5, 5, 32, 182.3, 114.3, true],
  'huitoo-03f7-0003': [6, 6, 62, undefined, undefined, false],
  'hwlab-panel-75': [10, 10, 104, 1651, 929, true],
  'hwlab-panel-86': [20, 5, 54, 1895, 1066, false],
  'hwlab-tablet-a5': [0, 0, undefined, 216, 135, true],
  'ideacom-1cb6-6651': [2, 1, 8, undefined, undefined, false],
  'ikaist-2793-0001': [60, 10, 64, undefined, undefined, false],
  'nexio-1870-0100': [2, 2, 14, 643, 403, true],
  'smart-0b8c-0092': [10, 4, 50, 1428, 804, true],
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
