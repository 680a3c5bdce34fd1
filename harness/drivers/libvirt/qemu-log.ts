import { open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The last lines that QEMU and libvirt logged for a domain; empty if there is no log. */
export async function qemuLogTail(domain: string, lines: number): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  for (const folder of [join(cache, 'libvirt/qemu/log'), '/var/log/libvirt/qemu']) {
    const text = await endOf(join(folder, `${domain}.log`)).catch(() => undefined);
    // libvirt logs the whole command line, one option a line, which says nothing new.
    if (text !== undefined) return text.split('\n').filter((line) => line !== '' && !/^(-|LC_ALL=|PATH=|HOME=|XDG_|\/usr\/bin\/qemu)/.test(line)).slice(-lines).join('\n').slice(-4000);
  }
  return '';
}

async function endOf(path: string): Promise<string> {
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const length = Math.min(size, 16_384);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8');
}
