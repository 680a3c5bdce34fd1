import { deviceWord } from '../harness/db/cell-device.ts';
import type { KnownIssue } from '../harness/db/generated/known-issue.ts';
import type { Observation } from '../harness/db/generated/observations.ts';
import type { Catalogue } from '../harness/run/catalogue.ts';

const kinds = { errata: 'The product is wrong', contingency: 'Works after a setting', autotriage: 'Sorted by hand' } as const;

/** The text of docs/findings.md: what the images do wrong, as the known issues of the database say, each with the command that shows it. */
export function findingsText(issues: readonly KnownIssue[], catalogue: Pick<Catalogue, 'suites' | 'models' | 'personalities'>, observed: ReadonlyMap<string, readonly Observation[]> = new Map()): string {
  const lines = [
    '# Findings',
    '',
    '<!-- Made by scripts/generate-findings.ts from hardware-db/known-issues and hardware-db/observations; do not edit. -->',
    '',
    'What the images do wrong with devices that schools have, found by the suites against emulated devices. Each line of a test on trial, or of a quirk,',
    'is kept as it is until the image is mended: the command fails today, and the day it passes the known issue goes.',
    '',
  ];
  for (const kind of ['errata', 'contingency', 'autotriage'] as const) {
    const own = issues.filter((issue) => issue.kind === kind).sort((one, other) => one.id.localeCompare(other.id));
    if (own.length === 0) continue;
    lines.push(`## ${kinds[kind]}`, '', ...own.flatMap((issue) => [`### ${issue.title}`, '', ...(issue.note === undefined ? [] : [issue.note, '']), `Known on ${(issue.scope.images ?? ['all images']).join(', ')} since ${issue.since}; [public thread](${issue.link}).`, '', ...commandsOf(issue, catalogue).map((command) => `    ${command}`), '']));
  }
  for (const [image, observations] of observed) lines.push(...quirksOn(image, observations, catalogue));
  return `${lines.join('\n').trimEnd()}\n`;
}

/** A table of what an image does about each quirk; what no known issue explains is there with its message. */
function quirksOn(image: string, observations: readonly Observation[], { personalities }: Pick<Catalogue, 'personalities'>): readonly string[] {
  const ids = new Set(observations.flatMap((observation) => observation.personalities));
  const fine = observations.filter(({ outcome }) => outcome === 'PASS').length;
  return [
    `## What ${image} does about the quirks of real devices`,
    '',
    `${ids.size} quirks of ${personalities.size}, ${observations.length} runs of a suite: ${fine} went as if there were no quirk. Kept as data in hardware-db/observations by \`./hwlab personality record\` after \`./hwlab nightly --plan personalities\`;`,
    '`./hwlab personality show QUIRK` says the same of one, with the public threads it comes from.',
    '',
    '| quirk | device, suite | what the image does |',
    '|---|---|---|',
    ...observations.map((observation) => {
      const names = observation.personalities.map((id) => `${personalities.get(id)?.personality.name ?? id} (${id})`).join(' and ');
      return `| ${cell(names)} | ${observation.model}, ${observation.suite} | ${cell(saysOf(observation))} |`;
    }),
    '',
  ];
}

function saysOf({ works, fails, notRun }: Observation): string {
  const parts = [
    ...(works.length > 0 ? [`works: ${works.join(', ')}`] : []),
    ...fails.map(({ feature, message, knownIssues }) => `fails: ${feature || 'the cell'} (${knownIssues ? knownIssues.join(', ') : message})`),
    ...(notRun ? [`not run: ${notRun.join(', ')}`] : []),
  ];
  return parts.join('; ');
}

/** Text of a device or a guest that must stay in its cell of a Markdown table. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/[\\|<>`*_[\]]/g, (sign) => `\\${sign}`);
}

/** One command for each feature of the issue, and for each personality where it is about some. */
function commandsOf({ scope }: KnownIssue, catalogue: Pick<Catalogue, 'suites' | 'models' | 'personalities'>): string[] {
  const commands = (scope.features ?? []).flatMap((feature) => {
    const suite = [...catalogue.suites.values()].find(({ name, requirements }) => feature in requirements && (scope.suites?.includes(name) ?? true));
    if (!suite) return [];
    return (scope.personalities ?? [undefined]).flatMap((personality) => {
      const emulators = personality === undefined ? undefined : catalogue.personalities.get(personality)?.personality.emulators;
      const fits = [...catalogue.models.values()].find(({ model }) => (scope.models?.includes(model.id) ?? true) && model.suites.includes(suite.name) && (emulators?.includes(model.emulator) ?? true));
      if (!fits) return [];
      const device = deviceWord({ model: fits.model.id, ...(personality === undefined ? {} : { personalities: [personality] }) });
      return [`./hwlab run --image ${scope.images?.[0] ?? 'debian-12'} --device ${device} --suite ${suite.name}${scope.machines?.[0] === undefined ? '' : ` --machine ${scope.machines[0]}`} --test ${feature}`];
    });
  });
  return [...new Set(commands)];
}
