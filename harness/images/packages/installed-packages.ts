import { HwlabError } from '../../base/hwlab-error.ts';
import { textOf } from '../coverage/image-text.ts';
import type { FileTree } from '../disk/file-tree.ts';
import { parseRelations, type Relation } from './relations.ts';

/** A package that dpkg has installed. */
export interface InstalledPackage {
  /** Name, with `:arch` where the same name is installed for several architectures. */
  readonly key: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Depends and Pre-Depends: of each clause one alternative must be there. */
  readonly depends: readonly (readonly Relation[])[];
  /** Conflicts and Breaks: none of them may be there. */
  readonly excludes: readonly Relation[];
  /** What else it counts as, with the version where one is given. */
  readonly provides: readonly Relation[];
  /** Its paragraph in dpkg's status file. */
  readonly control: string;
}

export type PackageSet = ReadonlyMap<string, InstalledPackage>;

const mostStatus = 64 * 1024 ** 2;
const mostPackages = 50_000;
/** Of one field, in characters; and of all packages. A desktop of 2000 packages has some 20 000. */
const mostField = 65_536;
const mostClauses = 1_000_000;

/**
 * The packages of an image, by dpkg's own status file (dpkg(1)); nothing is booted.
 * @throws HwlabError usage `no-package-database`
 */
export function readPackages(tree: FileTree, image: string): PackageSet {
  const found = parseStatus(textOf(tree, '/var/lib/dpkg/status', mostStatus));
  if (found.size === 0) throw new HwlabError({ code: 'no-package-database', blame: 'usage', message: `the image ${image} has no packages of dpkg (/var/lib/dpkg/status)`, advice: 'packages can be told apart in images of Debian and what is made of it' });
  return found;
}

/** What is installed, by key, in the order of the file. @throws HwlabError usage `package-database-too-large` */
export function parseStatus(text: string): PackageSet {
  const found = new Map<string, InstalledPackage>();
  let related = 0;
  for (const paragraph of text.split(/\n{2,}/)) {
    const fields = parseFields(paragraph);
    const name = fields.get('package') ?? '';
    const architecture = fields.get('architecture') ?? 'all';
    const version = fields.get('version') ?? '';
    // The image is untrusted, and these become parts of file names and of what a terminal shows.
    if (!/^[A-Za-z0-9.+:~-]{1,120}$/.test(version) || !/^[a-z0-9][a-z0-9+.-]{0,100}$/.test(name) || !/^[a-z0-9][a-z0-9-]{0,40}$/.test(architecture) || !/ installed$/.test(fields.get('status') ?? '')) continue;
    if (found.size >= mostPackages) break;
    const key = found.has(name) ? `${name}:${architecture}` : name;
    const relations = (...names: string[]): (readonly Relation[])[] => {
      const clauses = names.flatMap((field) => parseRelations((fields.get(field) ?? '').slice(0, mostField)));
      if ((related += clauses.length) > mostClauses) throw new HwlabError({ code: 'package-database-too-large', blame: 'usage', message: `dpkg's status file names more than ${mostClauses} relations of packages`, advice: 'no sound system does; bisect with --only images' });
      return clauses;
    };
    found.set(key, {
      key,
      name,
      version,
      architecture,
      depends: relations('pre-depends', 'depends'),
      excludes: relations('conflicts', 'breaks').flat(),
      provides: relations('provides').flat(),
      control: paragraph,
    });
  }
  return found;
}

/** Fields of a paragraph by their names in small letters (deb822(5)); continued lines are joined by line feeds. */
export function parseFields(paragraph: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let last: string | undefined;
  for (const line of paragraph.split('\n')) {
    if (/^[ \t]/.test(line) && last !== undefined) fields.set(last, `${fields.get(last) ?? ''}\n${line.trim()}`);
    else {
      const at = line.indexOf(':');
      if (at <= 0) continue;
      last = line.slice(0, at).toLowerCase();
      fields.set(last, line.slice(at + 1).trim());
    }
  }
  return fields;
}
