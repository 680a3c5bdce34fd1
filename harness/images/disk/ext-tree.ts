import { HwlabError } from '../../base/hwlab-error.ts';
import { damaged, type ByteSource } from './byte-source.ts';
import { ExtInodes, type Inode } from './ext-inodes.ts';
import type { EntryKind, FileTree, TreeEntry, WalkedEntry } from './file-tree.ts';

const rootInode = 2;
const mostLinks = 40;
const longestLink = 4096;
/** Bytes of one folder; a folder of 300,000 names has about as many. */
const longestFolder = 32 * 1024 ** 2;
const mostCachedNames = 500_000;

interface Found {
  readonly inode: Inode;
  readonly path: string;
}

/** The files of an ext2, ext3 or ext4 file system, read without mounting it. */
export class ExtTree implements FileTree {
  readonly what: string;
  readonly needsRecovery: boolean;
  readonly #inodes: ExtInodes;
  readonly #folders = new Map<number, ReadonlyMap<string, number>>();
  #cachedNames = 0;

  /** @param where such as "partition 1" @throws HwlabError `image-damaged`, `image-layout-unknown` */
  constructor(source: ByteSource, where: string) {
    this.#inodes = new ExtInodes(source);
    this.what = `${this.#inodes.superblock.name} in ${where}`;
    this.needsRecovery = this.#inodes.superblock.needsRecovery;
  }

  list(path: string): readonly TreeEntry[] {
    const found = this.#find(path);
    if (found?.inode.kind !== 'folder') return [];
    return [...this.#names(found.inode)].map(([name, number]) => ({ name, kind: this.#kindOf(number) })).sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  sizeOf(path: string): number | undefined {
    const inode = this.#find(path)?.inode;
    return inode?.kind === 'file' ? inode.size : undefined;
  }

  read(path: string, most: number): Buffer | undefined {
    const inode = this.#find(path)?.inode;
    if (inode?.kind !== 'file') return undefined;
    if (inode.size > most) throw new HwlabError({ code: 'image-file-too-long', blame: 'usage', message: `${path.slice(0, 200)} in the image has ${inode.size} bytes; at most ${most} are read`, facts: { path, bytes: inode.size } });
    return this.#inodes.content(inode);
  }

  realPath(path: string): string | undefined {
    return this.#find(path)?.path;
  }

  *walk(): Iterable<WalkedEntry> {
    const seen = new Map<number, string>();
    const pending: { readonly path: string; readonly number: number }[] = [{ path: '', number: rootInode }];
    for (let at = pending.pop(); at; at = pending.pop()) {
      const { path, number } = at;
      const inode = this.#inodes.inode(number);
      if (inode.kind === 'other') continue;
      const facts = this.#inodes.facts(number);
      const sameAs = seen.get(number);
      if (inode.kind === 'folder' && sameAs !== undefined) throw damaged(`folder /${path} is also /${sameAs}`);
      if (inode.kind === 'link' && inode.size > longestLink) throw damaged(`a link of ${inode.size} bytes at /${path}`);
      if (inode.kind === 'folder' || facts.links > 1) seen.set(number, path);
      yield {
        path,
        kind: inode.kind,
        mode: facts.mode,
        uid: facts.uid,
        gid: facts.gid,
        mtime: facts.mtime,
        size: inode.kind === 'file' ? inode.size : 0,
        attributes: facts.attributes,
        ...(inode.kind === 'link' ? { target: this.#inodes.content(inode).toString('latin1') } : {}),
        ...(sameAs === undefined ? {} : { sameAs }),
        read: () => this.#inodes.content(inode),
      };
      if (inode.kind !== 'folder') continue;
      if (inode.size > longestFolder) throw damaged(`a folder of ${inode.size} bytes (inode ${number})`);
      const names = parseFolder(this.#inodes.content(inode), inode, 'latin1');
      for (const [name, child] of [...names].sort(([left], [right]) => (left < right ? 1 : -1))) pending.push({ path: path === '' ? name : `${path}/${name}`, number: child });
    }
  }

  #kindOf(number: number): EntryKind {
    return this.#inodes.inode(number).kind;
  }

  #find(path: string): Found | undefined {
    const stack: Found[] = [];
    const root: Found = { inode: this.#inodes.inode(rootInode), path: '' };
    const pending = path.split('/').reverse();
    let links = 0;
    while (pending.length > 0) {
      const name = pending.pop() ?? '';
      if (name === '' || name === '.') continue;
      if (name === '..') {
        stack.pop();
        continue;
      }
      const here = stack.at(-1) ?? root;
      if (here.inode.kind !== 'folder') return undefined;
      const number = this.#names(here.inode).get(name);
      if (number === undefined) return undefined;
      const inode = this.#inodes.inode(number);
      if (inode.kind !== 'link') {
        stack.push({ inode, path: `${here.path}/${name}` });
        continue;
      }
      links += 1;
      if (links > mostLinks || inode.size > longestLink) return undefined;
      const target = this.#inodes.content(inode).toString('utf8');
      if (target.startsWith('/')) stack.length = 0;
      pending.push(...target.split('/').reverse());
      if (pending.length > longestLink) return undefined;
    }
    const last = stack.at(-1) ?? root;
    return { inode: last.inode, path: last.path === '' ? '/' : last.path };
  }

  #names(folder: Inode): ReadonlyMap<string, number> {
    const known = this.#folders.get(folder.number);
    if (known) return known;
    if (folder.size > longestFolder) throw damaged(`a folder of ${folder.size} bytes (inode ${folder.number})`);
    const names = parseFolder(this.#inodes.content(folder), folder);
    if (this.#cachedNames > mostCachedNames) {
      this.#folders.clear();
      this.#cachedNames = 0;
    }
    this.#cachedNames += names.size;
    this.#folders.set(folder.number, names);
    return names;
  }
}

/** Linear directory entries; the blocks of a hash tree look like one unused entry each. */
function parseFolder(content: Buffer, folder: Inode, encoding: 'utf8' | 'latin1' = 'utf8'): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const inline = (folder.flags & 0x10000000) !== 0;
  for (let at = inline ? 4 : 0; at + 8 <= content.length; ) {
    const number = content.readUInt32LE(at);
    const length = content.readUInt16LE(at + 4);
    const nameLength = content[at + 6] ?? 0;
    if (length < 8 || length % 4 !== 0 || at + length > content.length || nameLength + 8 > length) throw damaged(`folder of inode ${folder.number}: an entry of ${length} bytes at ${at}`);
    const name = content.toString(encoding, at + 8, at + 8 + nameLength);
    if (number !== 0 && name !== '.' && name !== '..' && name !== '' && !name.includes('/') && !name.includes('\0')) names.set(name, number);
    at += length;
  }
  return names;
}
