/** What a name in a folder stands for. Device nodes, sockets and pipes are `other` and never read. */
export type EntryKind = 'file' | 'folder' | 'link' | 'other';

export interface TreeEntry {
  /** As it stands in the file system; bytes that are no UTF-8 are replaced. May hold control characters. */
  readonly name: string;
  readonly kind: EntryKind;
}

/** One name of the tree with what an archive of it needs. */
export interface WalkedEntry {
  /** Without a leading slash; '' is the root folder. Bytes as in the file system, latin1. */
  readonly path: string;
  readonly kind: Exclude<EntryKind, 'other'>;
  /** Permission bits with set-uid, set-gid and sticky, 0..0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly size: number;
  /** Of a link, latin1. */
  readonly target?: string;
  /** The path under which the same file came before. */
  readonly sameAs?: string;
  /** Extended attributes of the namespaces user, trusted and security. */
  readonly attributes: ReadonlyMap<string, Buffer>;
  /** Content of a file. @throws HwlabError `image-damaged` */
  read(): Buffer;
}

/** The files of an image, read where they lie. Paths are absolute in the image; links are followed inside the image and never leave it. */
export interface FileTree {
  /** Such as "ext4 in partition 1". */
  readonly what: string;
  /** Entries of a folder, sorted by name, without `.` and `..`; empty when there is no such folder. */
  list(path: string): readonly TreeEntry[];
  /** Length of a file in bytes; undefined when there is no such file. */
  sizeOf(path: string): number | undefined;
  /** The content of a file; undefined when there is no such file. @throws HwlabError `image-damaged`, `image-file-too-long` for more than `most` bytes. */
  read(path: string, most: number): Buffer | undefined;
  /** The path without links, such as /usr/lib/modules for /lib/modules; undefined when nothing is there. */
  realPath(path: string): string | undefined;
  /** Every folder, file and link, a folder before what is in it; device nodes, sockets and pipes are left out. */
  walk(): Iterable<WalkedEntry>;
}
