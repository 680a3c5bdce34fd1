import { expect } from 'chai';
import { splitModels } from './split-models.ts';

describe('splitModels', () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['DeskJet 840C/842C/845C', ['DeskJet 840C', 'DeskJet 842C', 'DeskJet 845C']],
    ['CanoScan LiDE 50/LiDE 35/LiDE 40', ['CanoScan LiDE 50', 'CanoScan LiDE 35', 'CanoScan LiDE 40']],
    ['CanoScan N1240U/LiDE 30', ['CanoScan N1240U', 'LiDE 30']],
    ['Perfection 1250 / Perfection 1260', ['Perfection 1250', 'Perfection 1260']],
    ['Hewlett-Packard ScanJet 6200C | Hewlett-Packard ScanJet 6250C', ['Hewlett-Packard ScanJet 6200C', 'Hewlett-Packard ScanJet 6250C']],
    ['GT-7200U [Perfection 1250/1250 PHOTO]', ['GT-7200U [Perfection 1250/1250 PHOTO]']],
    ['Wi-Fi/BT Adapter', ['Wi-Fi/BT Adapter']],
    ['Ethernet 10/100 Adapter', ['Ethernet 10/100 Adapter']],
    ['802.11a/b/g', ['802.11a/b/g']],
    ['', []],
    ['\u0000\u001b[31m', ['[31m']],
    [Array.from({ length: 60 }, (_unused, index) => `A${index + 100}`).join('/'), [Array.from({ length: 60 }, (_unused, index) => `A${index + 100}`).join('/').slice(0, 160)]],
  ];
  for (const [name, expected] of table) it(`"${name.slice(0, 60)}"`, () => expect(splitModels(name)).to.deep.equal(expected));
});
