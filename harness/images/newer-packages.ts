import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { runCommand } from '../base/run-command.ts';
import type { Recipe } from './recipe.ts';

/**
 * The first package of an image that its archive has a newer version of, or no longer has; undefined if there is none, so that a new build would give
 * the same packages. Costs the package lists (a few seconds) instead of an installation.
 * @throws HwlabError of apt-get, where the lists cannot be read
 */
export async function newerPackage(recipe: Pick<Recipe, 'moreSuites'>, sources: readonly string[], packages: Readonly<Record<string, string>>, deadline: Deadline): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-lists-'));
  try {
    await Promise.all(['lists/partial', 'cache', 'parts'].map(async (name) => mkdir(join(folder, name), { recursive: true })));
    await writeFile(join(folder, 'status'), '');
    await writeFile(join(folder, 'sources.list'), `${sources.join('\n')}\n`);
    const places = { 'Etc::SourceList': 'sources.list', 'Etc::SourceParts': 'parts', 'Etc::Preferences': 'none', 'Etc::PreferencesParts': 'parts', 'State': '.', 'State::status': 'status', 'State::Lists': 'lists', 'Cache': 'cache' };
    const options = [...Object.entries(places).map(([key, name]) => `Dir::${key}=${join(folder, name)}`), 'Acquire::Languages=none', 'APT::Get::List-Cleanup=false', 'APT::Update::Error-Mode=any'].flatMap((option) => ['-o', option]);
    await runCommand('apt-get', [...options, '-qq', 'update'], { deadline });
    const { stdout } = await runCommand('apt-cache', [...options, 'madison', ...Object.keys(packages)], { deadline });
    return firstNewer(stdout, packages, recipe.moreSuites ?? []);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Reads the table of `apt-cache madison`: `name | version | address suite/component architecture Packages`, newest first. A package that was taken from a
 * further suite (backports) follows that suite, every other one the release itself.
 */
export function firstNewer(table: string, packages: Readonly<Record<string, string>>, moreSuites: readonly string[]): string | undefined {
  const known = new Map<string, { readonly version: string; readonly further: boolean }[]>();
  for (const line of table.split('\n')) {
    const [name = '', version = '', place = ''] = line.split('|').map((part) => part.trim());
    if (!/ Packages$/.test(place)) continue;
    const suite = place.split(' ')[1]?.split('/')[0] ?? '';
    known.set(name, [...(known.get(name) ?? []), { version, further: moreSuites.includes(suite) }]);
  }
  return Object.keys(packages).find((name) => {
    const stored = packages[name];
    const versions = known.get(name) ?? [];
    const ownSuites = versions.filter(({ further }) => !further);
    const fromFurther = versions.some(({ version, further }) => version === stored && further) && !ownSuites.some(({ version }) => version === stored);
    return (fromFurther ? versions : ownSuites)[0]?.version !== stored;
  });
}
