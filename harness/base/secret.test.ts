import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { readSecret, Secret } from './secret.ts';

describe('secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-secret-'));
  const file = join(folder, 'password');
  after(() => rmSync(folder, { recursive: true }));
  const code = async (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: { code: string }) => error.code);

  it('show themselves to nobody who did not ask for them by name', () => {
    const secret = new Secret('hunter2!');
    expect([String(secret), JSON.stringify({ secret }), inspect({ secret }), `${secret.toString()}`].join(' ')).not.to.contain('hunter2!');
    expect(Object.keys(secret)).to.deep.equal([]);
    expect(secret.reveal()).to.equal('hunter2!');
    expect(secret.scrub('user admin password hunter2! is wrong')).to.equal('user admin password [secret] is wrong');
  });

  it('are read from the environment and from a file of their owner alone', async () => {
    expect((await readSecret({ env: 'BMC' }, { BMC: 'abc' })).reveal()).to.equal('abc');
    writeFileSync(file, 'from a file\n', { mode: 0o600 });
    expect((await readSecret({ file })).reveal()).to.equal('from a file');
  });

  it('are refused when others may read the file, and missed when they are not there', async () => {
    chmodSync(file, 0o640);
    expect(await code(readSecret({ file }))).to.equal('secret-too-open');
    expect(await code(readSecret({ file: folder }))).to.equal('secret-too-open');
    expect(await code(readSecret({ file: join(folder, 'none') }))).to.equal('secret-missing');
    expect(await code(readSecret({ env: 'NOT_SET' }, {}))).to.equal('secret-missing');
    writeFileSync(join(folder, 'empty'), '', { mode: 0o600 });
    expect(await code(readSecret({ file: join(folder, 'empty') }))).to.equal('secret-missing');
  });
});
