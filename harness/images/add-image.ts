import { createHash } from 'node:crypto';
import { copyFile, constants, mkdir, rename, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { takeFileLock } from '../base/file-lock.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { runCommand } from '../base/run-command.ts';
import { Scope } from '../base/scope.ts';
import type { ImageRecord } from '../db/generated/image.ts';
import { violationsOf } from '../db/parse-data.ts';
import type { Progress } from './build-progress.ts';
import { listImageIds, readImageRecord } from './catalogue.ts';
import { imagesFolder, newDraftFolder, publishDraft } from './image-store.ts';
import { inspectDisk } from './inspect-disk.ts';
import { removeTree } from './remove-tree.ts';
import { storeFile } from './store-file.ts';
import { checkSpace } from './store-space.ts';
import type { ImageManifest } from './stored-image.ts';

export interface AddOptions {
  readonly file: string;
  readonly id: string;
  /** `user` or `user:password`. */
  readonly login: string;
  /** Private key that the image trusts for that user. */
  readonly key?: string;
  readonly os?: string;
  readonly version?: string;
  readonly boot?: 'bios' | 'uefi';
  /** What the file's sha256 must be. */
  readonly sha256?: string;
  readonly replace?: boolean;
  readonly deadline: Deadline;
  readonly progress: Progress;
}

/**
 * Copies a disk image that a user brought into the store, after checking that it is whole. It is checked against its hash at every use.
 * @throws HwlabError `image-refused`, `image-exists`, `login-invalid`, `disk-full`
 */
export async function addImage(options: AddOptions): Promise<ImageManifest> {
  const { deadline, id } = options;
  const file = resolve(options.file);
  const login = await checkedLogin(options);
  const known = await listImageIds();
  const replaceable = options.replace === true && (!known.includes(id) || (await readImageRecord(id)).recipe === undefined);
  if (known.includes(id) && !replaceable) {
    throw new HwlabError({ code: 'image-exists', blame: 'usage', message: `there is an image "${id}" already`, advice: 'choose another --id, or give --replace for one that was added' });
  }
  const draftRecord = recordOf(options, login, file);
  await mkdir(imagesFolder(), { recursive: true });
  await using _lock = await takeFileLock(join(imagesFolder(), 'build.lock'), `adds the image ${id}`, deadline, (owner) => options.progress(`waiting for ${owner}`));
  const facts = await stat(file).catch(() => undefined);
  if (!facts?.isFile()) throw new HwlabError({ code: 'image-refused', blame: 'usage', message: `${file} is not a file` });
  await checkSpace(facts.blocks * 512);

  await using scope = new Scope();
  const draft = await newDraftFolder(id);
  scope.onEnd('draft', () => removeTree(draft, Deadline.after(60_000)));
  options.progress(`[1/3] copying ${basename(file)} (${(facts.size / 1e9).toFixed(1)} GB)`);
  const copy = join(draft, 'disk');
  await deadline.race(`copying ${file}`, copyFile(file, copy, constants.COPYFILE_FICLONE));
  options.progress('[2/3] checking that it is whole');
  const format = await inspectDisk(copy, options.file, deadline);
  options.progress('[3/3] hashing');
  const original = format === 'qcow2' ? 'image.qcow2' : 'image.raw';
  await rename(copy, join(draft, original));
  const disk = await storeFile(draft, original, deadline);
  const { sha256 } = disk;
  if (options.sha256 !== undefined && options.sha256.toLowerCase() !== sha256) {
    throw new HwlabError({ code: 'image-refused', blame: 'usage', message: `${file} has the sha256 ${sha256}, not ${options.sha256}`, advice: 'get the file again' });
  }
  const record: ImageRecord = { ...draftRecord, format, sha256 };
  const manifest: ImageManifest = { schema: 'hwlab/image-manifest/1', record, files: { disk }, packages: {}, builtAt: new Date().toISOString() };
  await publishDraft(draft, manifest);
  return manifest;
}

function recordOf(options: AddOptions, login: ImageRecord['login'], file: string): ImageRecord {
  const record: ImageRecord = {
    schema: 'hwlab/image/1',
    id: options.id,
    os: options.os ?? options.id,
    version: options.version ?? 'unknown',
    format: 'qcow2',
    file,
    sha256: createHash('sha256').digest('hex'),
    boot: options.boot ?? 'bios',
    seed: 'none',
    login,
  };
  const wrong = violationsOf(record, 'image')[0];
  if (wrong) throw new HwlabError({ code: 'data-invalid', blame: 'usage', message: `${wrong.path.join('.')}: expected ${wrong.expected}, found ${wrong.found}`, ...(wrong.advice === undefined ? {} : { advice: wrong.advice }) });
  return record;
}

async function checkedLogin(options: AddOptions): Promise<ImageRecord['login']> {
  const at = options.login.indexOf(':');
  const username = at < 0 ? options.login : options.login.slice(0, at);
  const password = at < 0 ? undefined : options.login.slice(at + 1);
  if ((password === undefined) === (options.key === undefined)) {
    throw new HwlabError({ code: 'login-invalid', blame: 'usage', message: 'give either --login USER:PASSWORD or --login USER --key FILE' });
  }
  if (options.key === undefined) return { username, ...(password === undefined ? {} : { password }) };
  const privateKeyFile = resolve(options.key);
  // Prints the public half; fails for what is not a private key, is open to others, or needs a passphrase.
  const { exitCode, stderr } = await runCommand('ssh-keygen', ['-y', '-P', '', '-f', privateKeyFile], { deadline: options.deadline, accept: [0, 1, 255] });
  if (exitCode !== 0) throw new HwlabError({ code: 'login-invalid', blame: 'usage', message: `${privateKeyFile} is not a usable private key: ${stderr.trim().split('\n').at(-1) ?? ''}`, advice: 'give a private key without a passphrase, readable by you alone (chmod 600)' });
  return { username, privateKeyFile };
}
