import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { importLimits } from './importer.ts';

/** Most of one file in a bundle that is read. */
const longestMember = 64 * 1024 * 1024;

/**
 * Texts of wanted files of a tar archive (plain, gzip or xz, told by its first bytes), by path. Nothing is written to disk, links are not followed, and what
 * unpacks to more than the limit is refused.
 * @throws HwlabError `bundle-unreadable` or `import-too-big`, blame `usage`
 */
export async function readBundle(path: string, wanted: (member: string) => boolean): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  let members = 0;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      if (++members > importLimits.files) entry.emit('error', new Error('too many files'));
      if (entry.type !== 'File' || entry.size > longestMember || !wanted(entry.path)) {
        entry.resume();
        return;
      }
      const pieces: Buffer[] = [];
      entry.on('data', (piece: Buffer) => pieces.push(piece));
      entry.on('end', () => texts.set(entry.path, Buffer.concat(pieces).toString('utf8')));
    },
  });
  try {
    await pipeline(await unpacked(path), limited(), parser as unknown as NodeJS.WritableStream);
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    throw new HwlabError({ code: 'bundle-unreadable', blame: 'usage', message: `${path}: ${messageOf(error)}`, advice: 'give the .txz, .tar.gz or .tar file that hw-probe made, or the folder it was unpacked to', cause: error });
  }
  return texts;
}

async function unpacked(path: string): Promise<Readable> {
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(6), 0, 6, 0).finally(() => file.close());
  const source = createReadStream(path);
  if (buffer.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) return source.pipe(forward(source, createGunzip()));
  if (!buffer.equals(Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]))) return source;
  // Node has no xz; the host's program is given the bytes, and no more memory than this.
  const xz = spawn('xz', ['--decompress', '--stdout', '--memlimit-decompress=256MiB'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  xz.stderr.on('data', (piece: Buffer) => (said = (said + piece.toString('utf8')).slice(0, 300)));
  xz.stdin.on('error', () => undefined);
  xz.on('error', (error) => xz.stdout.destroy(error));
  source.on('error', (error) => xz.stdout.destroy(error));
  source.pipe(xz.stdin);
  const out = new Transform({ transform: (piece, _encoding, done) => done(null, piece) });
  xz.stdout.on('data', (piece: Buffer) => {
    if (!out.write(piece)) {
      xz.stdout.pause();
      out.once('drain', () => xz.stdout.resume());
    }
  });
  xz.stdout.on('error', (error) => out.destroy(error));
  xz.on('close', (code) => (code === 0 ? out.end() : out.destroy(new Error(said.trim() === '' ? `xz ended with ${String(code)}` : said.trim()))));
  out.on('close', () => xz.kill());
  return out;
}

/** Hands the errors of a source on to what it is piped into. */
function forward<T extends Transform>(source: Readable, target: T): T {
  source.on('error', (error) => target.destroy(error));
  return target;
}

/** Passes bytes on until there are more than an archive may hold. */
function limited(): Transform {
  let seen = 0;
  return new Transform({
    transform(piece: Buffer, _encoding, done) {
      seen += piece.length;
      if (seen > importLimits.fileBytes) done(new HwlabError({ code: 'import-too-big', blame: 'usage', message: `the bundle unpacks to more than ${importLimits.fileBytes / 1024 / 1024} MB`, advice: 'a probe is a few megabytes; look at what this one holds' }));
      else done(null, piece);
    },
  });
}
