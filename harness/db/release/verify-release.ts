import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { DataRelease } from '../generated/data-release.ts';
import { loadDataFile } from '../load-data-file.ts';
import { damaged, unpackRelease } from './pack-release.ts';
import { releasedFiles, sha256Of } from './released-files.ts';

/** What a check of a release found. */
export interface Verification {
  readonly manifest: DataRelease;
  /** Sentences; empty when every byte is as it was frozen. */
  readonly problems: readonly string[];
}

/**
 * Checks a release, packed or as a folder: its manifest, the SHA-256 of every file, files too many or too few, and the `.sha256`
 * beside a packed one.
 * @throws HwlabError `release-damaged` or `data-*`, blame `usage`, when it cannot be read at all
 */
export async function verifyRelease(path: string): Promise<Verification> {
  const facts = await stat(path).catch(() => undefined);
  if (facts === undefined) throw damaged(path, 'there is no such file or folder');
  if (facts.isDirectory()) return await verifyFolder(path);
  const draft = await mkdtemp(join(tmpdir(), 'hwlab-release-'));
  try {
    const said = existsSync(`${path}.sha256`) ? /^([0-9a-f]{64}) /.exec(readFileSync(`${path}.sha256`, 'utf8'))?.[1] : undefined;
    const wrong = said !== undefined && said !== (await sha256Of(path)) ? [`${basename(path)} is not what ${basename(path)}.sha256 says`] : [];
    const { manifest, problems } = await verifyFolder(await unpackRelease(path, draft));
    return { manifest, problems: [...wrong, ...problems] };
  } finally {
    // A broken archive may still be being written to when its error is known.
    await rm(draft, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** @throws HwlabError as verifyRelease */
export async function verifyFolder(folder: string): Promise<Verification> {
  const manifest = await loadDataFile<DataRelease>(join(folder, 'manifest.json'), 'data-release');
  const found = new Map((await releasedFiles(folder)).map((file) => [file.path, file]));
  const problems: string[] = basename(folder) === manifest.id ? [] : [`the folder is ${basename(folder)}, its manifest says ${manifest.id}`];
  for (const { path, bytes, sha256 } of manifest.files) {
    const file = found.get(path);
    found.delete(path);
    if (file === undefined) problems.push(`${path} is missing`);
    else if (file.sha256 !== sha256) problems.push(`${path} was changed: ${file.bytes === bytes ? 'its SHA-256' : `it has ${file.bytes} bytes instead of ${bytes}, and its SHA-256`} is another`);
  }
  for (const path of found.keys()) problems.push(`${path} is not in the manifest`);
  return { manifest, problems };
}
