import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../base/places.ts';
import { canonicalJson } from '../canonical-json.ts';
import { loadFolder, type Database } from '../database.ts';

export const recordKinds = ['devices', 'images', 'machines', 'known-issues', 'coverage', 'certificates', 'reviews', 'profiles'] as const;

/** A record that was added, removed or changed. */
export interface RecordChange {
  readonly kind: (typeof recordKinds)[number];
  readonly id: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** Top-level properties that differ. */
  readonly properties: readonly string[];
}

const schemaOf: Readonly<Record<RecordChange['kind'], string>> = { devices: 'device', images: 'image', machines: 'machine', 'known-issues': 'known-issue', coverage: 'coverage', certificates: 'certificate', reviews: 'review', profiles: 'profile' };

/** The records that differ between two databases, by kind and id. What a release leaves out of an image is no difference. */
export async function compareRecords(before: Database, after: Database): Promise<readonly RecordChange[]> {
  const changes: RecordChange[] = [];
  for (const kind of recordKinds) {
    const [was, is] = [await records(before, kind), await records(after, kind)];
    for (const id of [...new Set([...was.keys(), ...is.keys()])].sort()) {
      const [old, now] = [was.get(id), is.get(id)];
      if (old === undefined || now === undefined) changes.push({ kind, id, change: old === undefined ? 'added' : 'removed', properties: [] });
      else {
        const properties = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => !unpublished.has(`${kind}.${name}`) && canonicalJson(old[name] ?? null) !== canonicalJson(now[name] ?? null));
        if (properties.length > 0) changes.push({ kind, id, change: 'changed', properties });
      }
    }
  }
  return changes;
}

const unpublished: ReadonlySet<string> = new Set(['images.file', 'images.login']);

async function records(database: Database, kind: RecordChange['kind']): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const own = join(database.folder, kind);
  const folder = kind === 'devices' || kind === 'images' || kind === 'machines' ? database.folderOf(kind) : kind === 'coverage' ? database.coverageFolder : kind === 'profiles' && !existsSync(own) ? join(projectRoot, 'suites/profiles') : own;
  return await loadFolder<Readonly<Record<string, unknown>>>(folder, schemaOf[kind]);
}
