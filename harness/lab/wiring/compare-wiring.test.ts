import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { loadLab } from '../inventory/read-lab.ts';
import { compareWiring, type WiringReport } from './compare-wiring.ts';
import { readUsbTree } from './read-usb-tree.ts';

type Tree = Record<string, Record<string, string>>;
const recorded = JSON.parse(readFileSync(join(projectRoot, 'fixtures/lab/usb-tree.json'), 'utf8')) as { readonly devices: Tree };

describe('the wiring of a station', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'hwlab-usb-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function compare(change: (tree: Tree) => void): Promise<WiringReport> {
    const tree = structuredClone(recorded.devices);
    change(tree);
    for (const [path, files] of Object.entries(tree)) {
      mkdirSync(join(root, path));
      for (const [name, text] of Object.entries(files)) writeFileSync(join(root, path, name), `${text}\n`);
    }
    const lab = await loadLab(join(projectRoot, 'fixtures/lab/bench.yaml'));
    return compareWiring(lab, 'bench-1', await readUsbTree(root), (usb) => (usb === '1a86:7523' ? 'arduino-nano-ch340' : undefined));
  }
  const words = ({ findings }: WiringReport): readonly string[] => findings.map(({ what, message }) => `${what}: ${message}`);

  it('agrees with the file', async () => {
    const report = await compare(() => undefined);
    expect(report).to.deep.include({ findings: [], proposals: [], right: [{ unit: 'uno-1', path: '1-1.1' }, { unit: 'printer-1', path: '1-1.2' }] });
  });

  const rows: readonly [string, (tree: Tree) => void, readonly string[]][] = [
    ['one that is gone', (tree) => delete tree['1-1.2'], ['missing: printer-1 should hang at hub-1/2 (1-1.2), and there is nothing']],
    ['one that hangs elsewhere', (tree) => ((tree['1-1.5'] = tree['1-1.1'] ?? {}), delete tree['1-1.1']), ['moved: uno-1 should hang at hub-1/1 (1-1.1) and hangs at hub-1/5 (1-1.5)']],
    [
      'two that changed places',
      (tree) => ([tree['1-1.1'], tree['1-1.2']] = [tree['1-1.2'] ?? {}, tree['1-1.1'] ?? {}]),
      ['moved: uno-1 should hang at hub-1/1 (1-1.1) and hangs at hub-1/2 (1-1.2)', 'moved: printer-1 should hang at hub-1/2 (1-1.2) and hangs at hub-1/1 (1-1.1)'],
    ],
    ['another of the same kind', (tree) => (tree['1-1.1'] = { ...tree['1-1.1'], serial: 'OTHER' }), ['other-device: uno-1 (2341:0043, serial 75830303934351F01290) should hang at hub-1/1 (1-1.1), and there is 2341:0043, serial OTHER Arduino (www.arduino.cc)']],
    [
      'the whole hub',
      (tree) => {
        for (const path of Object.keys(tree)) if (path.startsWith('1-1')) Reflect.deleteProperty(tree, path);
      },
      ['hub-missing: hub hub-1 should hang at 1-1 of bench-1, and there is nothing', 'missing: uno-1 should hang at hub-1/1 (1-1.1), and there is nothing', 'missing: printer-1 should hang at hub-1/2 (1-1.2), and there is nothing'],
    ],
  ];
  for (const [name, change, expected] of rows) it(`finds ${name}`, async () => expect(words(await compare(change))).to.deep.equal(expected));

  it('proposes what is plugged in and not in the file', async () => {
    const report = await compare((tree) => {
      tree['1-1.4'] = { idVendor: '1a86', idProduct: '7523', bDeviceClass: 'ff', product: 'USB\u001b[31mSerial' };
      tree['2-3'] = { idVendor: '046d', idProduct: 'c31c', bDeviceClass: '00', manufacturer: 'Logitech', product: 'USB Keyboard' };
    });
    expect(report.findings).to.deep.equal([]);
    expect(report.proposals).to.deep.equal([
      { path: '1-1.4', text: 'USB?[31mSerial', unit: { id: 'arduino-nano-ch340-1', model: 'arduino-nano-ch340', usb: '1a86:7523', port: 'hub-1/4' } },
      { path: '2-3', text: 'Logitech USB Keyboard', unit: { id: 'usb-046d-c31c-1', model: 'usb-046d-c31c', usb: '046d:c31c', station: 'bench-1', path: '2-3' } },
    ]);
  });

  it('says so where there is no USB tree', async () => {
    const error: unknown = await readUsbTree(join(root, 'none')).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'no-usb-tree', blame: 'lab' });
  });
});
