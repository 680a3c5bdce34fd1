import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { randomId } from '../base/random-id.ts';

/** What appending needs of a file; FileHandle of node:fs is one. */
export type AppendHandle = Pick<FileHandle, 'write' | 'sync' | 'truncate'>;

/**
 * Writes all of `bytes` at `offset`, the end of the file, and syncs. On an error what was half written is cut off again.
 * @throws HwlabError as `writeError`; its fact `cutOff` is false if the file could not be put back to `offset` bytes.
 */
export async function appendSynced(handle: AppendHandle, file: string, offset: number, bytes: Uint8Array): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
      done += bytesWritten;
    }
    await handle.sync();
  } catch (error) {
    const cutOff = await handle.truncate(offset).then(
      () => true,
      () => false,
    );
    throw writeError(file, error, { cutOff });
  }
}

/** Replaces a file by new content that is on disk before it gets the name: after a crash there is the old file or the new one. */
export async function replaceSynced(file: string, content: string): Promise<void> {
  const temporary = `${file}.${randomId(8)}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o644);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(dirname(file));
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeError(file, error);
  }
}

/** Puts the names in a folder on disk: a new file is only safe after this. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The HwlabError of a failed write: `no-disk-space` or `write-failed`, blame `lab`. */
export function writeError(file: string, error: unknown, facts: Readonly<Record<string, boolean>> = {}): HwlabError {
  if (error instanceof HwlabError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new HwlabError({
    code: full ? 'no-disk-space' : 'write-failed',
    blame: 'lab',
    message: full ? `${file}: no disk space left` : `${file}: cannot be written: ${messageOf(error)}`,
    advice: full ? 'free disk space; what was acknowledged before is kept' : 'check the permissions and the disk',
    facts: { file, errno: code, ...facts },
    cause: error,
  });
}
