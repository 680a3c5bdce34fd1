import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Deadline } from '../base/deadline.ts';
import { takeFileLock } from '../base/file-lock.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { Scope } from '../base/scope.ts';
import type { ImageRecord } from '../db/generated/image.ts';
import { violationsOf } from '../db/parse-data.ts';
import type { Progress } from './build-progress.ts';
import { listImageIds } from './catalogue.ts';
import { imagesFolder, newDraftFolder, publishDraft } from './image-store.ts';
import { inspectDisk } from './inspect-disk.ts';
import { removeTree } from './remove-tree.ts';
import { checkSpace } from './store-space.ts';
import { storeFile } from './store-file.ts';
import type { ImageManifest, StoredFile } from './stored-image.ts';

export interface WantedImage {
  readonly id: string;
  /** Of its disk. */
  readonly sha256: string;
}

const mostManifestBytes = 4 * 1024 ** 2;
const mostFileBytes = 2 * 1024 ** 4;
const roles = ['disk', 'kernel', 'initrd'] as const;

/** Where images are shared: `HWLAB_IMAGES`, a folder (also a mounted one) or an http(s) address that is laid out like the `images` folder of a cache. */
export function sharedImages(): string | undefined {
  const said = process.env['HWLAB_IMAGES'];
  return said === undefined || said === '' ? undefined : said.replace(/\/+$/, '');
}

/**
 * Gets an image into the cache from where images are shared, if the one of that name there has that disk. All bytes are checked against the hashes of its manifest
 * before it is put in its place; where another image of that name is here already, it gets a name of its own.
 * @returns the id that it has here; undefined when the shared store has it not
 * @throws HwlabError lab `image-refused` for one that is damaged or cut, `disk-full`, `image-store-unreachable`
 */
export async function fetchImage(wanted: WantedImage, store: string, deadline: Deadline, progress: Progress): Promise<string | undefined> {
  const manifest = await readShared(wanted, store, deadline);
  if (!manifest) return undefined;
  await mkdir(imagesFolder(), { recursive: true });
  await using _lock = await takeFileLock(join(imagesFolder(), 'build.lock'), `gets the image ${wanted.id}`, deadline, (owner) => progress(`waiting for ${owner}`));
  const files = roles.flatMap((role) => (manifest.files[role] ? [[role, manifest.files[role]] as const] : []));
  await checkSpace(files.reduce((sum, [, { size }]) => sum + size, 0));
  await using scope = new Scope();
  const draft = await newDraftFolder(wanted.id);
  scope.onEnd('draft', () => removeTree(draft, Deadline.after(60_000)));
  const got: { disk?: StoredFile; kernel?: StoredFile; initrd?: StoredFile } = {};
  for (const [role, file] of files) {
    progress(`getting ${role} of ${wanted.id} from ${store} (${Math.ceil(file.size / 1e6)} MB)`);
    const original = role === 'disk' ? `image.${manifest.record.format}` : role === 'kernel' ? 'vmlinuz' : 'initrd';
    await copyOne(`${store}/${wanted.id}/${file.name}`, join(draft, original), file, deadline);
    if (role === 'disk') await inspectDisk(join(draft, original), file.name, deadline);
    got[role] = await storeFile(draft, original, deadline);
  }
  if (!got.disk) throw refused(store, wanted.id, 'it has no disk');
  const id = (await listImageIds()).includes(wanted.id) && (await isTaken(wanted.id)) ? `${wanted.id.slice(0, 54)}-${wanted.sha256.slice(0, 8)}` : wanted.id;
  // Its recipe may be another one here: it is kept as what somebody brought.
  const { recipe: _, ...record } = manifest.record;
  await publishDraft(draft, { ...manifest, record: { ...record, id, file: `${store}/${wanted.id}`, sha256: wanted.sha256 }, files: { ...got, disk: got.disk } });
  return id;
}

async function isTaken(id: string): Promise<boolean> {
  return await stat(join(imagesFolder(), id)).then(
    () => true,
    () => false,
  );
}

async function readShared({ id, sha256 }: WantedImage, store: string, deadline: Deadline): Promise<ImageManifest | undefined> {
  // A bundle names it, and whoever made that may have written a path.
  if (!/^[a-z0-9][a-z0-9.-]{0,62}$/.test(id)) return undefined;
  const source = await openSource(`${store}/${id}/manifest.json`, deadline);
  if (!source) return undefined;
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of source) {
    size += (piece as Buffer).length;
    if (size > mostManifestBytes) throw refused(store, id, 'its manifest is too large');
    pieces.push(piece as Buffer);
  }
  let manifest: ImageManifest;
  try {
    manifest = JSON.parse(Buffer.concat(pieces).toString('utf8')) as ImageManifest;
  } catch (cause) {
    throw refused(store, id, 'its manifest is no JSON', cause);
  }
  const files = roles.map((role) => (manifest.files as ImageManifest['files'] | undefined)?.[role]);
  const [wrong] = violationsOf(manifest.record as ImageRecord | undefined, 'image');
  if (manifest.schema !== 'hwlab/image-manifest/1' || wrong || manifest.record.id !== id || files.some((file) => file && !isStoredFile(file))) throw refused(store, id, `its manifest is damaged${wrong ? `: record/${wrong.path.join('/')}: expected ${wrong.expected}` : ''}`);
  return files[0]?.sha256 === sha256 ? manifest : undefined;
}

function isStoredFile({ name, size, sha256 }: StoredFile): boolean {
  return typeof name === 'string' && /^\w[\w.-]{0,120}$/.test(name) && Number.isSafeInteger(size) && size >= 0 && size <= mostFileBytes && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
}

/** Never writes more than the manifest says, and refuses what is not those bytes. */
async function copyOne(from: string, to: string, { size, sha256 }: StoredFile, deadline: Deadline): Promise<void> {
  const source = await openSource(from, deadline);
  if (!source) throw refused(from, '', 'it is not there');
  const hash = createHash('sha256');
  let seen = 0;
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      seen += piece.length;
      hash.update(piece);
      done(seen > size ? refused(from, '', `it has more than ${size} bytes`) : null, piece);
    },
  });
  try {
    await pipeline(source, counted, createWriteStream(to, { mode: 0o600 }), { signal: deadline.signal });
  } catch (error) {
    if (deadline.expired) throw deadline.error(`getting ${from}`);
    throw error instanceof HwlabError ? error : unreachable(from, error);
  }
  if (seen !== size || hash.digest('hex') !== sha256) throw refused(from, '', seen === size ? 'its bytes are not those of its manifest' : `it was cut: ${seen} of ${size} bytes`);
}

/** Undefined where it is not there. */
async function openSource(from: string, deadline: Deadline): Promise<Readable | undefined> {
  if (!/^https?:\/\//.test(from)) {
    if (!(await stat(from).catch(() => undefined))?.isFile()) return undefined;
    return createReadStream(from, { highWaterMark: 1 << 20 });
  }
  const answer = await fetch(from, { signal: deadline.signal, redirect: 'error' }).catch((error: unknown) => {
    throw unreachable(from, error);
  });
  if (answer.status === 404) return undefined;
  if (!answer.ok || !answer.body) throw unreachable(from, new Error(`the server said ${answer.status}`));
  return Readable.fromWeb(answer.body);
}

function refused(store: string, id: string, why: string, cause?: unknown): HwlabError {
  return new HwlabError({ code: 'image-refused', blame: 'lab', message: `the shared image ${[store, id].filter((part) => part !== '').join('/')} is refused: ${why}`, advice: 'have it put there again (HWLAB_IMAGES)', ...(cause === undefined ? {} : { cause }) });
}

function unreachable(from: string, error: unknown): HwlabError {
  return new HwlabError({ code: 'image-store-unreachable', blame: 'lab', message: `${from} cannot be read: ${messageOf(error)}`, advice: 'HWLAB_IMAGES says where images are shared', cause: error });
}
