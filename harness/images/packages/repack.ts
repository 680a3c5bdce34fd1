import { join } from 'node:path';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { bytesOf, textOf } from '../coverage/image-text.ts';
import type { FileTree, WalkedEntry } from '../disk/file-tree.ts';
import type { InstalledPackage } from './installed-packages.ts';
import { writeDeb, type ControlFile, type DebMember } from './write-deb.ts';

const info = '/var/lib/dpkg/info';
const scripts = ['preinst', 'postinst', 'prerm', 'postrm', 'config'] as const;
const texts = ['templates', 'triggers', 'shlibs', 'symbols', 'md5sums', 'conffiles'] as const;
/** Fields of dpkg's status file that are no part of a package's control file. */
const ofStatus = /^(Status|Config-Version|Conffiles|Triggers-Pending|Triggers-Awaited):/i;
const mostList = 16 * 1024 ** 2;
/** Bytes of one file, which is read as a whole, and of all together. An image is untrusted: a sparse file may call itself any size. */
const mostFile = 512 * 1024 ** 2;
const mostUnpacked = 32 * 1024 ** 3;

/**
 * Makes packages again from the files that an image has of them, as dpkg-repack does on a running system, without booting it and without its archive: what was
 * changed in the image after installing (configuration) is in them, and what the image left out (documentation) is missing.
 * @returns the files by the packages' keys, in `folder`
 * @throws HwlabError usage `package-not-repacked` for a package whose list of files is gone, or whose files are too large
 */
export async function repackPackages(tree: FileTree, packages: readonly InstalledPackage[], folder: string, deadline: Deadline, progress: (line: string) => void): Promise<ReadonlyMap<string, string>> {
  const diverted = diversions(textOf(tree, '/var/lib/dpkg/diversions', mostList));
  const lists = new Map(packages.map((each) => [each.key, listOf(tree, each)]));
  const wanted = new Set([...lists.values()].flat().map((path) => merged(path)));
  for (const [from, { to }] of diverted) if (wanted.has(merged(from))) wanted.add(merged(to));
  const entries = new Map<string, WalkedEntry>();
  for (const entry of tree.walk()) {
    deadline.check('reading the packages of an image');
    if (wanted.has(`/${entry.path}`)) entries.set(`/${entry.path}`, entry);
  }
  const made = new Map<string, string>();
  let left = mostUnpacked;
  for (const each of packages) {
    // 255 bytes are the most that a name may have.
    const file = join(folder, `${each.name}_${each.version.replaceAll(':', '%3a').slice(0, 80)}_${each.architecture}.deb`);
    progress(`${each.key} ${each.version}`);
    const members = [...membersOf(each, lists.get(each.key) ?? [], entries, diverted)];
    left -= members.reduce((sum, { size }) => sum + size, 0);
    if (left < 0 || members.some(({ size }) => size > mostFile)) throw new HwlabError({ code: 'package-not-repacked', blame: 'usage', message: `the files of ${each.key} in the image are too large to make a package of`, advice: 'give its .deb file with --debs FOLDER' });
    await writeDeb(file, controlOf(tree, each), members, deadline);
    made.set(each.key, file);
  }
  return made;
}

function infoName(tree: FileTree, { name, architecture }: InstalledPackage): string {
  return tree.sizeOf(`${info}/${name}:${architecture}.list`) === undefined ? name : `${name}:${architecture}`;
}

function listOf(tree: FileTree, it: InstalledPackage): readonly string[] {
  const text = textOf(tree, `${info}/${infoName(tree, it)}.list`, mostList);
  if (text === '') throw new HwlabError({ code: 'package-not-repacked', blame: 'usage', message: `the image has no list of the files of ${it.key}`, advice: 'give its .deb file with --debs FOLDER' });
  return text.split('\n').filter((path) => path.startsWith('/') && path !== '/.' && !path.split('/').includes('..'));
}

function controlOf(tree: FileTree, it: InstalledPackage): readonly ControlFile[] {
  const lines: string[] = [];
  let kept = true;
  for (const line of it.control.split('\n')) {
    if (!/^[ \t]/.test(line)) kept = !ofStatus.test(line);
    if (kept && line !== '') lines.push(line);
  }
  const base = `${info}/${infoName(tree, it)}`;
  const files = [...scripts, ...texts].flatMap((name): readonly ControlFile[] => {
    const content = bytesOf(tree, `${base}.${name}`, mostList);
    return content === undefined ? [] : [{ name, content, executable: scripts.some((script) => script === name) }];
  });
  return [{ name: 'control', content: Buffer.from(`${lines.join('\n')}\n`), executable: false }, ...files];
}

function* membersOf(it: InstalledPackage, list: readonly string[], entries: ReadonlyMap<string, WalkedEntry>, diverted: ReadonlyMap<string, Diversion>): Generator<DebMember> {
  const seen = new Map<string, string>();
  for (const path of list) {
    const diversion = diverted.get(path);
    const entry = entries.get(merged(diversion !== undefined && diversion.by !== it.name ? diversion.to : path));
    const common = { path: `.${Buffer.from(path).toString('latin1')}`, uid: entry?.uid ?? 0, gid: entry?.gid ?? 0, mtime: entry?.mtime ?? 0, mode: entry?.mode ?? 0o755, size: 0 };
    const folder = entry === undefined ? undefined : entry.kind === 'folder' || (entry.kind === 'link' && aliases.test(path));
    // What is gone from the image cannot be given again: documentation that it leaves out, files that its recipe removed.
    if (entry === undefined) continue;
    if (folder) yield { ...common, type: 'folder', mode: entry.kind === 'folder' ? entry.mode : 0o755 };
    else if (entry.kind === 'link') yield { ...common, type: 'link', target: entry.target ?? '' };
    else {
      const first = entry.sameAs ?? entry.path;
      const before = seen.get(first);
      if (before !== undefined) yield { ...common, type: 'hard-link', target: before };
      else {
        seen.set(first, common.path);
        yield { ...common, type: 'file', size: entry.size, read: () => entry.read() };
      }
    }
  }
}

/** Since the merge of / and /usr these are links, and packages still name them. */
const aliases = /^\/(bin|sbin|lib\w*)$/;

function merged(path: string): string {
  const latin1 = Buffer.from(path).toString('latin1');
  return /^\/(bin|sbin|lib\w*)\//.test(latin1) ? `/usr${latin1}` : latin1;
}

interface Diversion {
  readonly to: string;
  readonly by: string;
}

/** Three lines each: what is diverted, where to, and by which package (dpkg-divert(1)). */
function diversions(text: string): ReadonlyMap<string, Diversion> {
  const lines = text.split('\n');
  const found = new Map<string, Diversion>();
  for (let at = 0; at + 2 < lines.length; at += 3) found.set(lines[at] ?? '', { to: lines[at + 1] ?? '', by: lines[at + 2] ?? '' });
  return found;
}
