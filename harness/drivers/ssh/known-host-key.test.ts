import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { knownHostKey } from './known-host-key.ts';

describe('the host key of a known_hosts file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-known-'));
  after(() => rmSync(folder, { recursive: true }));
  const soon = (): Deadline => Deadline.after(20_000);
  const key = (type: string, name: string): string => {
    execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-f', join(folder, name)]);
    return readFileSync(join(folder, `${name}.pub`), 'utf8').split(' ').slice(0, 2).join(' ');
  };

  it('is found by name and port, the type that is agreed on first, hashed or not', async () => {
    const [ecdsa, ed25519] = [key('ecdsa', 'a'), key('ed25519', 'b')];
    const file = join(folder, 'known');
    writeFileSync(file, `bench-2 ${ecdsa}\nbench-2 ${ed25519} of the bench\n[bench-3]:2222 ${ecdsa}\n`);
    for (const hashed of [false, true]) {
      if (hashed) execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
      expect(await knownHostKey(file, 'bench-2', 22, soon())).to.equal(ed25519);
      expect(await knownHostKey(file, 'bench-3', 2222, soon())).to.equal(ecdsa);
    }
  });

  it('is none that is marked as revoked, also where another line has it as good', async () => {
    const [old, fresh] = [key('ed25519', 'c'), key('ecdsa', 'd')];
    const file = join(folder, 'revoked');
    const lines = [`bench-2 ${old}`, `@revoked bench-2 ${old}`];
    writeFileSync(file, `${lines.join('\n')}\n`);
    expect(await knownHostKey(file, 'bench-2', 22, soon()).catch((thrown: unknown) => thrown as { code: string })).to.include({ code: 'host-key-revoked' });
    writeFileSync(file, `${[...lines, `bench-2 ${fresh}`].join('\n')}\n`);
    expect(await knownHostKey(file, 'bench-2', 22, soon())).to.equal(fresh);
  });

  it('is asked for where there is none', async () => {
    const file = join(folder, 'empty');
    writeFileSync(file, '');
    for (const path of [file, join(folder, 'none')]) {
      const error = await knownHostKey(path, 'bench-2', 22, soon()).catch((thrown: unknown) => thrown as { code: string; message: string });
      expect(error).to.include({ code: 'host-key-unknown' });
    }
  });
});
