import { chmod, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { runCommand } from '../base/run-command.ts';

/** SSH keys that a machine gets at its first boot through QEMU's firmware configuration. */
export interface SeedKeys {
  /** Private key to log in with, mode 0600. */
  readonly loginKeyFile: string;
  /** The guest's public host key, `ssh-ed25519 AAAA...`. */
  readonly hostKey: string;
  /** For DomainSpec.firmwareFiles. */
  readonly firmwareFiles: readonly { readonly name: string; readonly path: string }[];
}

const files = { host: 'ssh_host_ed25519_key', login: 'login_key', authorized: 'authorized_keys' } as const;

/** Makes a host key and a login key in `folder`. */
export async function makeSeedKeys(folder: string, deadline: Deadline): Promise<SeedKeys> {
  for (const name of [files.host, files.login]) {
    await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'hwlab', '-f', join(folder, name)], { deadline });
    await chmod(join(folder, name), 0o600);
  }
  await copyFile(join(folder, `${files.login}.pub`), join(folder, files.authorized));
  return readSeedKeys(folder);
}

/** The keys that `makeSeedKeys` left in `folder`. */
export async function readSeedKeys(folder: string): Promise<SeedKeys> {
  const hostKey = (await readFile(join(folder, `${files.host}.pub`), 'utf8')).trim().split(/\s+/).slice(0, 2).join(' ');
  return {
    loginKeyFile: join(folder, files.login),
    hostKey,
    firmwareFiles: [
      { name: 'opt/hwlab/ssh_host_ed25519_key', path: join(folder, files.host) },
      { name: 'opt/hwlab/authorized_keys', path: join(folder, files.authorized) },
    ],
  };
}
