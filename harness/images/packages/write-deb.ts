import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { writeError } from '../../db/durable-file.ts';
import { tarEnd, tarHeader, tarPadding, type TarMember } from '../netboot/tar.ts';
import { arPadding, debHead } from './deb-archive.ts';

/** One name in a package, with what reads its content where it is a file. */
export interface DebMember extends TarMember {
  read?(): Buffer;
}

/** A file of a package's control part: `control`, `postinst`, `conffiles`... */
export interface ControlFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly executable: boolean;
}

/** Writes a Debian package (deb(5)). A file of that name is replaced once the new one is whole. @throws HwlabError lab `no-disk-space`, `write-failed` */
export async function writeDeb(file: string, control: readonly ControlFile[], members: Iterable<DebMember>, deadline: Deadline): Promise<void> {
  const data = `${file}.data`;
  const whole = `${file}.part`;
  try {
    await pipeline(Readable.from(archive(members), { objectMode: false, highWaterMark: 1 << 20 }), createGzip({ level: 1 }), createWriteStream(data), { signal: deadline.signal });
    const controlMembers = control.map(({ name, content, executable }): DebMember => ({ path: `./${name}`, type: 'file', mode: executable ? 0o755 : 0o644, uid: 0, gid: 0, mtime: 0, size: content.length, read: () => Buffer.from(content) }));
    const { size } = await stat(data);
    const out = createWriteStream(whole);
    out.write(debHead(gzipSync(Buffer.concat([...archive(controlMembers)])), size));
    await pipeline(createReadStream(data), out, { signal: deadline.signal, end: false });
    await new Promise<void>((resolve, reject) => {
      out.on('error', reject);
      out.end(arPadding(size), resolve);
    });
    await rename(whole, file);
  } catch (error) {
    deadline.check(`writing ${file}`);
    throw error instanceof HwlabError || (error as NodeJS.ErrnoException).syscall === undefined ? error : writeError(file, error);
  } finally {
    await rm(data, { force: true });
    await rm(whole, { force: true });
  }
}

function* archive(members: Iterable<DebMember>): Generator<Buffer> {
  for (const member of members) {
    yield tarHeader(member);
    if (member.type !== 'file' || member.size === 0 || !member.read) continue;
    yield member.read();
    yield tarPadding(member.size);
  }
  yield tarEnd;
}
