import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { importClosure } from './import-closure.ts';

describe('import closure', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-closure-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const names = (files: readonly string[]): readonly string[] => importClosure(files).map((file) => basename(file));

  it('has what a file imports, however it says so, and what that imports', () => {
    const start = write('start.ts', "import a from './a.ts';\nimport {\n  type B,\n  b,\n} from './b.ts';\nexport * from './c.ts';\nimport './d.ts';\nconst e = async () => await import('./e.ts');\n");
    for (const name of ['a', 'b', 'c', 'd', 'deep']) write(`${name}.ts`, 'export default 1;\n');
    write('e.ts', "export { deep } from './deep.ts';\n");
    expect(names([start])).to.deep.equal(['a.ts', 'b.ts', 'c.ts', 'd.ts', 'deep.ts', 'e.ts', 'start.ts']);
  });

  it('leaves out types, packages and what is not there', () => {
    const start = write('start.ts', "import type { A } from './a.ts';\nexport type { A } from './a.ts';\nimport { expect } from 'chai';\nimport gone from './gone.ts';\n");
    write('a.ts', 'export type A = 1;\n');
    expect(names([start])).to.deep.equal(['start.ts']);
  });

  it('ends where files import each other', () => {
    const one = write('one.ts', "import './two.ts';\n");
    write('two.ts', "import './one.ts';\n");
    expect(names([one])).to.deep.equal(['one.ts', 'two.ts']);
  });
});
