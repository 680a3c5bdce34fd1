import { damaged } from './byte-source.ts';

const magic = 0xea020000;
/** Name indices of fs/ext4/xattr.h; access lists are not among them, since no archive format of ours carries them. */
const prefixes: ReadonlyMap<number, string> = new Map([[1, 'user.'], [4, 'trusted.'], [6, 'security.']]);
const mostAttributes = 1000;

/**
 * Extended attributes of an inode: those behind its fixed part and those in its attribute block (Documentation/filesystems/ext4/attributes.rst of Linux).
 * @param inode the whole inode @throws HwlabError `image-damaged`
 */
export function readAttributes(inode: Buffer, block: Buffer | undefined): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  if (inode.length > 132) {
    const start = 128 + inode.readUInt16LE(128);
    if (start + 8 <= inode.length && inode.readUInt32LE(start) === magic) readEntries(inode, start + 4, start + 4, found);
  }
  if (block) {
    if (block.length < 32 || block.readUInt32LE(0) !== magic) throw damaged('an attribute block does not begin as one');
    readEntries(block, 32, 0, found);
  }
  return found;
}

function readEntries(area: Buffer, start: number, base: number, found: Map<string, Buffer>): void {
  let at = start;
  for (let count = 0; count < mostAttributes; count += 1) {
    // Four zero bytes end the list.
    if (at + 4 > area.length || area.readUInt32LE(at) === 0) return;
    if (at + 16 > area.length) throw damaged('an attribute entry is cut off');
    const nameLength = area[at] ?? 0;
    const prefix = prefixes.get(area[at + 1] ?? 0);
    const inOtherInode = area.readUInt32LE(at + 4) !== 0;
    const from = base + area.readUInt16LE(at + 2);
    const size = area.readUInt32LE(at + 8);
    if (at + 16 + nameLength > area.length) throw damaged('the name of an attribute is cut off');
    if (prefix !== undefined && !inOtherInode) {
      if (from + size > area.length) throw damaged('the value of an attribute lies outside');
      found.set(prefix + area.toString('latin1', at + 16, at + 16 + nameLength), Buffer.from(area.subarray(from, from + size)));
    }
    at += (16 + nameLength + 3) & ~3;
  }
  throw damaged('an inode has a thousand attributes');
}
