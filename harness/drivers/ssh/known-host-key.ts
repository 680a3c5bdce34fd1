import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand } from '../../base/run-command.ts';

/** Types of host keys from the one that servers and clients agree on first (the order of ssh2 and OpenSSH). */
const preferred = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'] as const;

/**
 * The host key of `host` in a known_hosts file, hashed names included, as `ssh-ed25519 AAAA...`.
 * @throws HwlabError usage `host-key-unknown`, `host-key-revoked`
 */
export async function knownHostKey(file: string, host: string, port: number, deadline: Deadline): Promise<string> {
  const name = port === 22 ? host : `[${host}]:${port}`;
  const { stdout } = await runCommand('ssh-keygen', ['-F', name, '-f', file], { deadline, accept: [0, 1, 255] });
  const lines = stdout.split('\n').map((line) => line.trim().split(/\s+/)).filter(([first]) => !first?.startsWith('#'));
  // A key that is marked as revoked is not good because another line of the file has it without the mark (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
  const revoked = new Set(lines.filter(([first]) => first === '@revoked').map((words) => words.slice(2, 4).join(' ')));
  const keys = lines.map((words) => words.slice(1, 3).join(' ')).filter((key) => !revoked.has(key));
  const found = preferred.map((type) => keys.find((key) => key.startsWith(`${type} `))).find((key) => key !== undefined);
  if (found === undefined && revoked.size > 0) throw new HwlabError({ code: 'host-key-revoked', blame: 'usage', message: `${file} has only keys of ${name} that are marked @revoked`, advice: `get its new key from whoever runs ${host}, and add it to the file` });
  if (found === undefined) throw new HwlabError({ code: 'host-key-unknown', blame: 'usage', message: `${file} has no key of ${name}`, advice: `log in once and compare what it shows with the host's own: ssh -o UserKnownHostsFile=${file} -p ${port} ${host}` });
  return found;
}
