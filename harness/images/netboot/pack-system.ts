import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { FileTree, WalkedEntry } from '../disk/file-tree.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

/** The files of the image as a tar archive, in pieces; owners, modes, times, links and attributes as they are. */
export function* tarOf(tree: FileTree): Generator<Buffer> {
  for (const entry of tree.walk()) {
    // mksquashfs makes the root itself, 0755 of root.
    if (entry.path === '') continue;
    yield headerOf(entry);
    if (entry.kind !== 'file' || entry.sameAs !== undefined || entry.size === 0) continue;
    yield entry.read();
    yield tarPadding(entry.size);
  }
  yield tarEnd;
}

function headerOf(entry: WalkedEntry): Buffer {
  const { mode, uid, gid, mtime, attributes } = entry;
  const path = `./${entry.path}`;
  const common = { path, mode, uid, gid, mtime, attributes };
  if (entry.sameAs !== undefined) return tarHeader({ ...common, type: 'hard-link', size: 0, target: `./${entry.sameAs}` });
  if (entry.kind === 'link') return tarHeader({ ...common, type: 'link', size: 0, target: entry.target ?? '' });
  return tarHeader({ ...common, type: entry.kind, size: entry.kind === 'file' ? entry.size : 0 });
}

/** Writes the files of an image into a squashfs. Needs no root rights. @throws HwlabError `system-not-packed`, blame lab */
export async function packSystem(tree: FileTree, file: string, deadline: Deadline): Promise<void> {
  await rm(file, { force: true });
  // Level 3: a third larger than the best, and ten times as fast to make.
  const args = ['-', file, '-tar', '-comp', 'zstd', '-Xcompression-level', '3', '-no-progress', '-quiet'];
  const child = spawn('mksquashfs', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-2000)));
  try {
    await Promise.all([once(child, 'spawn'), pipeline(Readable.from(tarOf(tree), { objectMode: false, highWaterMark: 1 << 20 }), child.stdin, { signal: deadline.signal })]);
    const [code] = await deadline.race('packing the system', ended);
    if (code !== 0) throw new Error(`mksquashfs ended with ${code}`);
  } catch (cause) {
    child.kill('SIGKILL');
    await rm(file, { force: true });
    if (cause instanceof HwlabError) throw cause;
    deadline.check('packing the system');
    throw new HwlabError({ code: 'system-not-packed', blame: 'lab', message: `the image's system was not packed for netboot: ${messageOf(cause)} ${said.trim()}`, advice: 'run: ./hwlab doctor', cause });
  }
}
