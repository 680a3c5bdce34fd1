import { oneLine } from '../base/one-line.ts';
import type { BisectAnswer } from '../db/generated/bisect.ts';
import type { Result } from '../db/generated/result.ts';
import type { Subject, Trial } from '../repro/bisect/experiment.ts';
import { searchCost } from '../repro/bisect/search-cost.ts';
import { passesNeeded } from '../repro/bisect/bisect.ts';
import type { SearchOptions } from '../repro/bisect/search.ts';
import { spanWords } from './duration-option.ts';

export interface BisectCost {
  /** Steps from the good image to the bad one. */
  readonly images: number;
  /** Runs for the ends that no stored result shows. */
  readonly ends: number;
  /** Groups of packages that can only be changed together. */
  readonly packages: number;
  readonly changes: number;
  /** Steps from the good kernel to the bad one. */
  readonly kernels: number;
  readonly options: SearchOptions;
  readonly runSeconds: number;
}

/** What a bisection takes, before it starts. */
export function costLines(was: Result, good: string, bad: string, { images, ends, packages, changes, kernels, options, runSeconds }: BisectCost): readonly string[] {
  const times = passesNeeded(options);
  const along = searchCost(images, options);
  const below = searchCost(packages, options);
  const ofKernels = searchCost(kernels, options);
  // Below the images: all packages at once, the search, and the one alone; or, where all of them pass, the kernels.
  const ofPackages = packages === 0 ? 0 : Math.max(below.most + 2 * times, kernels === 0 ? 0 : 2 * times + ofKernels.most);
  const most = ends + along.most + (packages === 0 && kernels > 0 ? times + ofKernels.most : ofPackages);
  return [
    `${was.id}: ${was.cell.id}, ${was.outcome}`,
    `  images    ${good} is good, ${bad} is bad${images > 1 ? `, ${images - 1} between them` : ''}: ${runsText(along)}${ends > 0 ? `, and ${ends} for the ends` : '; stored results show the ends'}`,
    ...(packages > 0 ? [`  packages  ${changes} differ${images > 1 ? ' from end to end' : ''}${packages === changes ? '' : `, in ${packages} groups that go together`}: ${runsText(below)}, and ${2 * times} to show that they bring it, and which alone`] : []),
    ...(kernels > 0 ? [`  kernels   ${kernels + 1} can be installed: ${runsText(ofKernels)}, and ${times} to show that the kernel brings it; each is one boot more to make`] : []),
    `  the test is taken to fail ${options.rate === 1 ? 'every time' : `in ${Math.round(options.rate * 100)} of 100 runs`} where the change is in; the answer is to be sure to ${options.confidence * 100} %`,
    `  together at most ${most} runs of about ${Math.ceil(runSeconds)} s: ${spanWords(most * runSeconds * 1000)}, and the first boot of each image`,
  ];
}

function runsText({ usual, most }: { readonly usual: number; readonly most: number }): string {
  return usual === most ? `at most ${most} run${most === 1 ? '' : 's'}` : `about ${usual} runs, in 95 of 100 cases at most ${most}`;
}

export function trialLine(subject: Subject, { outcome, seconds, result, said }: Trial): string {
  return `  ${outcome.padEnd(10)} ${oneLine(subject.label, 120)} (${seconds.toFixed(0)} s${result === undefined ? '' : `, ${result}`})${outcome === 'untestable' && said !== undefined ? `\n             ${oneLine(said, 200)}` : ''}`;
}

const kinds = { image: 'the first bad image', package: 'the first bad package', kernel: 'the first bad kernel', none: 'not found' } as const;

export function answerLines({ kind, what, together, alone, confidence, why, runs }: BisectAnswer, { rate }: SearchOptions, { file, stored }: { readonly file: string; readonly stored: number }): readonly string[] {
  const sure = `${Math.round(confidence * 1000) / 10} % sure${rate === 1 ? ', as far as the test fails every time' : `, with a test that fails in ${Math.round(rate * 100)} of 100 runs`}`;
  return [
    kind === 'none' ? `${kinds.none}: the first bad image is ${listed(what)}` : `${kinds[kind]}${what.length > 1 ? ' is one of' : ''}: ${listed(what)}`,
    ...(alone === true ? ['  the good image with this change alone fails in the same way'] : []),
    ...(together && together.length > 0 ? [`  it fails only together with: ${listed(together)}`] : []),
    ...(why === undefined ? [] : [`  ${why}`]),
    `  ${sure}; ${runs} runs${stored > 0 ? `, ${stored} of them from before` : ''}`,
    `  runs      ${file}`,
  ];
}

/** Releases of a system are told apart by hundreds of packages that can only change together; all are in --json and in the file of the runs. */
function listed(names: readonly string[]): string {
  const most = 12;
  return `${names.slice(0, most).map((name) => oneLine(name, 200)).join(', ')}${names.length > most ? `, and ${names.length - most} more` : ''}`;
}
