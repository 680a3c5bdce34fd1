import { join, relative } from 'node:path';
import { projectRoot } from '../harness/base/places.ts';
import { assertionClasses } from '../harness/db/assertions.ts';
import type { Assertion, Assertions } from '../harness/db/generated/assertions.ts';
import type { NegativeControl } from '../harness/db/generated/negative-controls.ts';
import type { DeclaredFeature } from '../harness/db/lint/read-declared-features.ts';
import type { KnownSuite } from '../harness/run/catalogue.ts';

export interface SuitesReadmeParts {
  /** By class. */
  readonly assertions: ReadonlyMap<string, Assertions>;
  readonly suites: readonly KnownSuite[];
  /** By suite. */
  readonly controls: ReadonlyMap<string, readonly NegativeControl[]>;
  readonly declared: readonly DeclaredFeature[];
}

/** The text of suites/README.md: which suites there are, and which assertion is proven where. */
export function suitesReadme(parts: SuitesReadmeParts): string {
  const all = [...parts.assertions.values()].flat();
  const proven = all.filter(({ provenBy }) => provenBy.length > 0).length;
  const lines = [
    '# Suites',
    '',
    `<!-- Made by scripts/generate-suites-readme.ts from suites/assertions; do not edit. -->`,
    '',
    `Of ${all.length} assertions about devices ${proven} are proven by a test and ${all.length - proven} are left out, each with the reason. \`./hwlab suite show SUITE\` prints the same of one suite, \`./hwlab suite audit\` runs its negative controls: devices and systems broken on purpose, for which a test must fail.`,
    '',
    '| suite | tests | features | required | negative controls |',
    '|---|---|---|---|---|',
    ...parts.suites.map((suite) => suiteRow(suite, parts)),
    '',
    ...assertionClasses.flatMap(({ name, title }) => [`## ${title}`, '', '| | it is asserted that | proven by |', '|---|---|---|', ...(parts.assertions.get(name) ?? []).map((assertion) => assertionRow(assertion, parts)), '']),
  ];
  return lines.join('\n');
}

function suiteRow({ name, requirements }: KnownSuite, { declared, controls }: SuitesReadmeParts): string {
  const own = declared.filter(({ suite }) => suite === name);
  const required = Object.values(requirements).filter((level) => level === 'required').length;
  return row(name, String(own.length), String(new Set(own.map(({ feature }) => feature)).size), String(required), String(controls.get(name)?.length ?? 0));
}

function assertionRow({ id, asserts, provenBy, without, leftOut, threads }: Assertion, { declared, suites }: SuitesReadmeParts): string {
  const proofs = provenBy.map(({ suite, feature, personality }) => {
    const file = declared.find((each) => each.suite === suite && each.feature === feature)?.file;
    const name = `\`${feature}\``;
    const link = file === undefined ? name : `[${name}](${relative(join(projectRoot, 'suites'), file)})`;
    const trial = suites.find(({ name: each }) => each === suite)?.requirements[feature] === 'trial' ? ' (on trial: [findings](../docs/findings.md))' : '';
    return `${suite} ${link}${trial}${personality === undefined ? '' : ` with [${personality}](../fixtures/personalities/${personality}.json)`}`;
  });
  const shown = leftOut === undefined ? `${proofs.join(', ')}${without === undefined ? '' : ` (without: ${cell(without)})`}` : `*left out*: ${cell(leftOut)}`;
  const seen = threads === undefined ? '' : ` ${threads.map((thread, index) => `[${index + 1}](${thread})`).join(' ')}`;
  return row(id, `${cell(asserts)}${seen}`, shown);
}

function row(...cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Text that cannot end its cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
