import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { Deadline } from '../../base/deadline.ts';
import type { FileTree } from '../disk/file-tree.ts';
import { bytesOf } from './image-text.ts';
import { plainModule } from './kernel-aliases.ts';
import { parseModuleInfo } from './modinfo.ts';
import { mostUnpacked, unpackXz, type PackedFile } from './unpack-xz.ts';

/** A kernel module in the image. */
export interface ModuleFile {
  readonly path: string;
  /** Firmware files that it names. */
  readonly firmware: readonly string[];
}

const mostModules = 20_000;
const mostFolders = 5000;
const mostPacked = 64 * 1024 ** 2;

/**
 * Modules by name under a kernel's folder, and the firmware that those of `wanted` ask for. Those that cannot be read ask for none and are
 * told of in `unread`.
 * @param wanted names of the modules that are opened; unpacking all takes twice as long
 */
export async function readModules(tree: FileTree, folder: string, wanted: ReadonlySet<string>, deadline: Deadline): Promise<{ readonly modules: ReadonlyMap<string, ModuleFile>; readonly unread: readonly string[] }> {
  const modules = new Map<string, ModuleFile>();
  const unread: string[] = [];
  const take = (path: string, elf: Buffer): void => {
    const info = parseModuleInfo(elf);
    if (info === undefined) unread.push(path);
    modules.set(nameOf(path), { path, firmware: info?.firmware ?? [] });
  };
  const packed = function* (): Generator<PackedFile> {
    for (const path of modulePaths(tree, folder)) {
      deadline.check('reading kernel modules');
      modules.set(nameOf(path), { path, firmware: [] });
      if (!wanted.has(nameOf(path))) continue;
      const data = bytesOf(tree, path, mostPacked);
      if (data === undefined) unread.push(path);
      else if (path.endsWith('.xz')) yield { path, data };
      else {
        const elf = unpack(path, data);
        if (elf === undefined) unread.push(path);
        else take(path, elf);
      }
    }
  };
  unread.push(...(await unpackXz(packed(), take, deadline)));
  return { modules, unread };
}

/** `snd_usb_audio` of `kernel/sound/usb/snd-usb-audio.ko.xz`. */
export function nameOf(path: string): string {
  return plainModule(path.slice(path.lastIndexOf('/') + 1).replace(/\.ko(\.\w+)?$/, ''));
}

function* modulePaths(tree: FileTree, folder: string): Generator<string> {
  const pending = [folder];
  let modules = 0;
  for (let seen = 0; pending.length > 0 && seen < mostFolders; seen += 1) {
    const here = pending.pop() ?? '';
    for (const { name, kind } of tree.list(here)) {
      // `build` and `source` are links.
      if (kind === 'folder') pending.push(`${here}/${name}`);
      else if (kind === 'file' && /\.ko(\.(xz|zst|gz))?$/.test(name) && (modules += 1) <= mostModules) yield `${here}/${name}`;
    }
  }
}

function unpack(path: string, data: Buffer): Buffer | undefined {
  try {
    if (path.endsWith('.zst')) return zstdDecompressSync(data, { maxOutputLength: mostUnpacked });
    if (path.endsWith('.gz')) return gunzipSync(data, { maxOutputLength: mostUnpacked });
    return data;
  } catch {
    return undefined;
  }
}
