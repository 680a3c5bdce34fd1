import { expect } from 'chai';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NegativeControl } from '../../db/generated/negative-controls.ts';
import { sampleCell } from '../testing/sample-cell.ts';
import { controlKeys } from './control-key.ts';

const control: NegativeControl = { id: 'mute', why: 'w', model: 'laser', mustFail: ['a.one'] };

describe('key of a control', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hwlab-key-'));
    write('suites/a/a.suite.ts', "import { helper } from './helper.ts';\nimport { expect } from '../../harness/index.ts';\n");
    write('suites/a/helper.ts', 'export const helper = 1;\n');
    write('harness/index.ts', "export type { Cell } from './run/cell.ts';\n");
    write('harness/run/cell.ts', '');
    write('harness/run/worker/main.ts', '');
    write('harness/base/wait-for.ts', '');
    write(`harness/emulation/${sampleCell(1).model.emulator}/printer.ts`, "import '../shared.ts';\n");
    write('harness/emulation/shared.ts', '');
    write('harness/emulation/other/other.ts', '');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(file: string, text: string): void {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  const key = (changed: NegativeControl = control, image = 'a'.repeat(64)): string => controlKeys(root)({ ...sampleCell(1), suiteFiles: [join(root, 'suites/a/a.suite.ts')] }, changed, image);

  for (const file of ['suites/a/a.suite.ts', 'suites/a/helper.ts', 'harness/base/wait-for.ts', `harness/emulation/${sampleCell(1).model.emulator}/printer.ts`, 'harness/emulation/shared.ts']) {
    it(`is another when ${file} changes`, () => {
      const before = key();
      write(file, '// changed\n');
      expect(key()).to.not.equal(before);
    });
  }

  for (const file of ['harness/run/worker/main.ts', 'harness/run/cell.ts', 'harness/emulation/other/other.ts', 'suites/a/other.suite.ts', 'harness/base/wait-for.test.ts']) {
    it(`stays when ${file} changes, which it does not run`, () => {
      const before = key();
      write(file, '// changed\n');
      expect(key()).to.equal(before);
    });
  }

  it('is another for another control, and for another image', () => {
    expect(new Set([key(), key({ ...control, guest: { commands: ['true'] } }), key(control, 'b'.repeat(64))]).size).to.equal(3);
  });
});
