import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { HwlabError } from '../../base/hwlab-error.ts';

/** Bytes that can be read at any place: a raw disk, what a qcow2 file holds, or a partition of one. */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /** Exactly `length` bytes from `position`. @throws HwlabError `image-damaged` when they are not all there. */
  read(position: number, length: number): Buffer;
}

/** A file as it stands. Close it with `Symbol.dispose`. */
export class FileSource implements ByteSource, Disposable {
  readonly size: number;
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.size = fstatSync(this.#file).size;
  }

  read(position: number, length: number): Buffer {
    checkRange(this, position, length);
    const buffer = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const got = readSync(this.#file, buffer, done, length - done, position + done);
      if (got === 0) throw damaged(`it ends at byte ${position + done}`);
      done += got;
    }
    return buffer;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

/** `length` bytes of `whole` from `start`, as a source of its own. */
export function sliceOf(whole: ByteSource, start: number, length: number): ByteSource {
  const slice: ByteSource = {
    size: Math.max(0, Math.min(length, whole.size - start)),
    read(position, wanted) {
      checkRange(slice, position, wanted);
      return whole.read(start + position, wanted);
    },
  };
  return slice;
}

/** @throws HwlabError `image-damaged` when the range is not inside the source. */
export function checkRange({ size }: ByteSource, position: number, length: number): void {
  if (Number.isSafeInteger(position) && Number.isSafeInteger(length) && position >= 0 && length >= 0 && position + length <= size) return;
  throw damaged(`${length} bytes at ${position} are asked for, and it has ${size}`);
}

/** What is wrong with the content of an image: its maker's fault, not the lab's. */
export function damaged(what: string): HwlabError {
  return new HwlabError({ code: 'image-damaged', blame: 'usage', message: `the image cannot be read: ${what}`, advice: 'check it with qemu-img check and fsck, or bring it again' });
}

/** A layout that is whole and well, and that hwlab does not read. */
export function notRead(what: string, advice: string): HwlabError {
  return new HwlabError({ code: 'image-layout-unknown', blame: 'usage', message: `the image cannot be read without booting it: ${what}`, advice });
}
