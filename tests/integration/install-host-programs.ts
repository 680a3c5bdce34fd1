import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deadline } from '../../harness/base/deadline.ts';
import type { Shell } from '../../harness/capabilities/shell.ts';
import { findProgram } from '../../harness/setup/host-requirements.ts';

/** Copies programs of this host and the libraries that they need into a guest, where a Debian looks for local ones. The C library is the guest's own. */
export async function installHostPrograms(shell: Pick<Shell, 'run' | 'putFile'>, names: readonly string[], deadline: Deadline): Promise<void> {
  await shell.putFile('/tmp/programs.tar', programTar(names), deadline);
  await shell.run('tar -x -z -C / -f /tmp/programs.tar && ldconfig', { deadline });
}

function programTar(names: readonly string[]): Buffer {
  const root = mkdtempSync(join(tmpdir(), 'hwlab-programs-'));
  try {
    for (const place of ['usr/local/bin', 'usr/local/lib']) mkdirSync(join(root, place), { recursive: true });
    for (const name of names) {
      const program = findProgram(name);
      if (program === undefined) throw new Error(`this host has no ${name}`);
      cpSync(realpathSync(program), join(root, 'usr/local/bin', name));
      const libraries = [...execFileSync('ldd', [program], { encoding: 'utf8' }).matchAll(/^\s*(lib(?!c\.so|m\.so|pthread\.so|dl\.so|rt\.so|udev\.so)[^ ]*) => (\S+)/gm)];
      for (const [, library = '', path = ''] of libraries) cpSync(realpathSync(path), join(root, 'usr/local/lib', library));
    }
    return execFileSync('tar', ['-c', '-z', '-C', root, '--owner=0', '--group=0', 'usr'], { maxBuffer: 512 * 2 ** 20 });
  } finally {
    rmSync(root, { recursive: true });
  }
}
