import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { create } from 'tar';
import { HwlabError } from '../../base/hwlab-error.ts';
import { projectRoot } from '../../base/places.ts';
import { canonicalJson } from '../../db/canonical-json.ts';
import type { Bundle } from '../../db/generated/bundle.ts';
import type { Result } from '../../db/generated/result.ts';
import { violationsOf } from '../../db/parse-data.ts';
import type { ImageManifest } from '../../images/stored-image.ts';
import type { MachineProfile } from '../../machines/machine.ts';
import type { Cell } from '../../run/cell.ts';
import { badPath, bundleLimits, bundleManifest } from './bundle-limits.ts';
import { suiteSources } from './suite-sources.ts';

export interface BundleParts {
  readonly result: Result;
  /** Its cell, made again in this checkout. */
  readonly cell: Cell;
  readonly machine: MachineProfile;
  readonly image: ImageManifest | undefined;
  /** The folder of its night, with the artefacts; some may be gone. */
  readonly nightFolder: string | undefined;
  readonly harness: string;
  readonly now: Date;
}

/** What a bundle was made of. */
export interface WrittenBundle {
  readonly file: string;
  readonly bytes: number;
  readonly files: number;
  /** Artefacts that the result names and that are gone. */
  readonly missing: readonly string[];
  readonly differs: readonly string[];
}

/**
 * Writes a result with model, machine profile, suite sources, artefacts and the reference of its image into one file. The same result gives the same bytes
 * at the same moment.
 * @throws HwlabError usage `bundle-too-big`
 */
export async function writeBundle(target: string, parts: BundleParts): Promise<WrittenBundle> {
  const { result, cell, machine, image } = parts;
  const staging = await mkdtemp(join(tmpdir(), 'hwlab-bundle-'));
  try {
    const files: Record<string, { size: number; sha256: string }> = {};
    const take = async (source: string, path: string): Promise<void> => {
      const to = join(staging, path);
      await mkdir(dirname(to), { recursive: true });
      await copyFile(source, to);
      const content = readFileSync(to);
      files[path] = { size: content.length, sha256: createHash('sha256').update(content).digest('hex') };
    };
    for (const source of suiteSources(cell.suiteFiles)) await take(source, relative(projectRoot, source));
    const missing: string[] = [];
    for (const path of artefactsOf(result)) {
      const source = parts.nightFolder === undefined ? undefined : join(parts.nightFolder, path);
      const inside = `artefacts/${path}`;
      if (source === undefined || badPath(inside) !== undefined || !existsSync(source) || !lstatSync(source).isFile()) missing.push(path);
      else await take(source, inside);
    }
    const bytes = Object.values(files).reduce((sum, { size }) => sum + size, 0);
    if (bytes > bundleLimits.bytes) throw new HwlabError({ code: 'bundle-too-big', blame: 'usage', message: `the artefacts of ${result.id} are ${Math.round(bytes / 2 ** 20)} MiB, more than a bundle may hold`, advice: 'make it with --without-artefacts' });
    const differs = differsOf(result, cell, image);
    const bundle: Bundle = {
      schema: 'hwlab/bundle/1',
      madeAt: parts.now.toISOString(),
      madeBy: parts.harness,
      result,
      model: cell.model as unknown as Record<string, unknown>,
      machine: machine as unknown as Record<string, unknown>,
      image: {
        id: result.cell.image,
        sha256: result.environment.imageSha256,
        ...(image?.record.recipe === undefined ? {} : { recipe: image.record.recipe }),
        ...(image ? { packages: { ...image.packages } } : {}),
      },
      suite: { name: cell.id.suite, revision: cell.suiteRevision, files: cell.suiteFiles.map((file) => relative(projectRoot, file)) as [string, ...string[]], requirements: { ...cell.requirements } },
      ...(differs.length > 0 ? { differs: [...differs] } : {}),
      files,
    };
    const [violation] = violationsOf(bundle, 'bundle');
    if (violation) throw new HwlabError({ code: 'bundle-invalid', blame: 'harness', message: `the bundle at /${violation.path.join('/')}: expected ${violation.expected}, found ${violation.found}` });
    await writeFile(join(staging, bundleManifest), canonicalJson(bundle));
    const draft = `${target}.part`;
    await mkdir(dirname(target), { recursive: true });
    await create({ cwd: staging, file: draft, gzip: { level: 9 }, portable: true, mtime: parts.now, noDirRecurse: true } as Parameters<typeof create>[0] & { file: string }, [bundleManifest, ...Object.keys(files).sort()]);
    await rename(draft, target);
    return { file: target, bytes: lstatSync(target).size, files: Object.keys(files).length, missing, differs };
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Paths of all artefacts of a result, each once. */
export function artefactsOf(result: Result): readonly string[] {
  const all = [...result.artefacts, ...result.tests.flatMap((test) => test.attempts.flatMap((attempt) => attempt.artefacts))];
  return [...new Set(all.map(({ path }) => path))].sort();
}

function differsOf(result: Result, cell: Cell, image: ImageManifest | undefined): readonly string[] {
  const { environment, manifest } = result;
  return [
    ...(environment.modelSha256 === cell.modelSha256 ? [] : ['the model was changed since']),
    ...(environment.suiteRevision === cell.suiteRevision ? [] : [`the suite was ${environment.suiteRevision} and is ${cell.suiteRevision}`]),
    ...(manifest?.machineSha256 === undefined || manifest.machineSha256 === cell.machineSha256 ? [] : ['the machine profile was changed since']),
    ...(image?.files.disk.sha256 === environment.imageSha256 ? [] : ['the image is not in the cache of this host any more']),
  ];
}
