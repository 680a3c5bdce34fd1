import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { ByteSource } from './byte-source.ts';

/** More than a hundred times what the largest image that was seen takes. */
const mostReads = 20_000_000;
const mostBytes = 64 * 1024 ** 3;

/**
 * A source that ends what a hostile file system would make endless: links among folders, trees that point to themselves.
 * @throws HwlabError `image-too-costly` from `read` once the budget is spent, and the deadline's error
 */
export function budgetSource(source: ByteSource, deadline: Deadline, limits: { readonly reads?: number; readonly bytes?: number } = {}): ByteSource {
  let reads = limits.reads ?? mostReads;
  let bytes = limits.bytes ?? mostBytes;
  return {
    size: source.size,
    read(position, length) {
      reads -= 1;
      bytes -= length;
      if (reads < 0 || bytes < 0) throw new HwlabError({ code: 'image-too-costly', blame: 'usage', message: 'the image cannot be read: its file system takes more steps than any sound one', advice: 'check it with fsck; if it is sound, report this' });
      if (reads % 256 === 0) deadline.check('reading the image');
      return source.read(position, length);
    },
  };
}
