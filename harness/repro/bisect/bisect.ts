import { HwlabError } from '../../base/hwlab-error.ts';
import type { BisectAnswer } from '../../db/generated/bisect.ts';
import type { Experiment, Subject, Trial } from './experiment.ts';
import { minimise } from './minimise.ts';
import { nextStep, type Observation, type SearchOptions } from './search.ts';

/** What lies between two neighbouring images: packages in an order in which they can be changed one after another, and kernels. */
export interface BelowImages {
  /** What each step changes, for people; at the first step the good image is as it is. */
  readonly steps: readonly (readonly string[])[];
  /** The good image with these steps, counted from 0, and all that they cannot be made without. */
  subject(steps: readonly number[]): Subject;
  /** The good image with its own kernel first, with the bad image's last; others between them by version. Fewer than two: there is nothing to choose. */
  readonly kernels: readonly Subject[];
}

export interface BisectQuestion {
  /** In their order, the good one first, the bad one last. */
  readonly images: readonly Subject[];
  /** Ends of which a stored result says it already. */
  readonly known: { readonly good: boolean; readonly bad: boolean };
  readonly options: SearchOptions;
  /** undefined: images only. */
  readonly below?: (good: Subject, bad: Subject) => Promise<BelowImages>;
}

export interface BisectListener {
  /** A part begins, with its length. */
  part(what: string, changes: number): void;
  trial(subject: Subject, trial: Trial): void;
}

/**
 * From the ends to the first bad image, and below it to the package or the kernel.
 * @throws HwlabError usage `bad-end-passes`, `good-end-fails`; lab `end-untestable`; usage `rate-too-high` where passes and failures contradict each other
 */
export async function bisect(question: BisectQuestion, experiment: Experiment, listener: BisectListener): Promise<BisectAnswer> {
  const search = new Search(question.options, experiment, listener);
  const { images, known, below } = question;
  const [good, bad] = [images[0], images.at(-1)];
  if (!good || !bad || images.length < 2) throw new HwlabError({ code: 'nothing-to-bisect', blame: 'usage', message: 'a bisection needs a good image and a bad one' });
  if (!known.bad && !(await search.fails(bad))) throw new HwlabError({ code: 'bad-end-passes', blame: 'usage', message: `the failure does not come on the bad end, ${bad.label}, ${search.tries === 1 ? '' : `in ${search.tries} runs `}so that there is nothing to find`, advice: 'a flaky test needs --rate, such as --rate 0.3' });
  if (!known.good && (await search.fails(good))) throw new HwlabError({ code: 'good-end-fails', blame: 'usage', message: `the failure comes on the good end, ${good.label}, too`, advice: 'name an image on which it does not: ./hwlab db explain shows the last good run' });

  listener.part('images', images.length - 1);
  const image = await search.along(images);
  const named = images.slice(image.from, image.to + 1).map(({ label }) => label);
  const ofImages: BisectAnswer = { kind: 'image', what: named, confidence: image.confidence, runs: search.runs };
  const [before, first] = [images[image.from - 1], images[image.to]];
  if (!below || !before || !first || image.from !== image.to) return ofImages;
  let parts: BelowImages;
  try {
    parts = await below(before, first);
  } catch (error) {
    // What was found is not lost because an image has no packages that can be read.
    if (!(error instanceof HwlabError) || error.blame !== 'usage') throw error;
    return { ...ofImages, why: `no further than the images: ${error.message}`.slice(0, mostWhy) };
  }
  return await belowImages(parts, search, listener, ofImages);
}

/** Characters of an answer's `why`. */
const mostWhy = 1000;

async function belowImages(below: BelowImages, search: Search, listener: BisectListener, ofImages: BisectAnswer): Promise<BisectAnswer> {
  const { steps, kernels } = below;
  const untestable: string[] = [];
  const brings = async (subject: Subject): Promise<boolean> => {
    const { outcome, said } = await search.ask(subject);
    if (outcome === 'untestable') untestable.push(cannotBeTested(subject, said));
    return outcome === 'bad';
  };
  if (steps.length > 0) {
    listener.part('packages', steps.length);
    const points = Array.from({ length: steps.length + 1 }, (_, count) => below.subject(Array.from({ length: count }, (_step, index) => index)));
    const all = points.at(-1);
    if (all && (await brings(all))) return await packageAnswer(below, await search.along(points), search, ofImages);
  }
  const newest = kernels.at(-1);
  if (newest && kernels.length > 1) {
    listener.part('kernels', kernels.length - 1);
    if (await brings(newest)) {
      const kernel = await search.along(kernels);
      return { kind: 'kernel', what: kernels.slice(kernel.from, kernel.to + 1).map(({ label }) => label), confidence: ofImages.confidence * kernel.confidence, runs: search.runs };
    }
  }
  const tried = [...(steps.length > 0 ? ['all packages of the bad one'] : []), ...(kernels.length > 1 ? ['its kernel'] : [])].join(', and with ');
  const why = untestable.length > 0 ? `${untestable.join('; ')}: what brings it below the images is not known` : `the good image with ${tried || 'nothing changed, as packages and kernel are the same,'} does not fail: look at what no package brings (./hwlab diff), or try --reboot`;
  return { ...ofImages, kind: 'none', runs: search.runs, why: why.slice(0, mostWhy) };
}

async function packageAnswer(below: BelowImages, found: FoundChange, search: Search, ofImages: BisectAnswer): Promise<BisectAnswer> {
  const named = below.steps.slice(found.from - 1, found.to);
  const answer: BisectAnswer = { kind: 'package', what: named.flat(), confidence: ofImages.confidence * found.confidence, runs: search.runs };
  if (found.from !== found.to) return { ...answer, why: 'between these, nothing could be tested' };
  const step = found.from - 1;
  const alone = await search.ask(below.subject([step]));
  if (alone.outcome === 'bad') return { ...answer, alone: true, runs: search.runs };
  if (alone.outcome === 'untestable') return { ...answer, runs: search.runs, why: `whether it is enough alone is not known: ${cannotBeTested(below.subject([step]), alone.said)}`.slice(0, mostWhy) };
  // It fails only beside something that changed before it.
  const partners = await minimise(Array.from({ length: step }, (_, index) => index), async (some) => (await search.ask(below.subject([...some, step]))).outcome === 'bad');
  return { ...answer, alone: false, together: partners.flatMap((index) => below.steps[index] ?? []), runs: search.runs };
}

function cannotBeTested({ label }: Subject, said: string | undefined): string {
  return `${label} cannot be tested${said === undefined ? '' : `: ${said}`}`;
}

interface FoundChange {
  readonly from: number;
  readonly to: number;
  readonly confidence: number;
}

/** The runs of one bisection. */
class Search {
  runs = 0;
  /** So many passes in a row say, with the wanted confidence, that a state does not fail. */
  readonly tries: number;
  readonly #options: SearchOptions;
  readonly #experiment: Experiment;
  readonly #listener: BisectListener;

  constructor(options: SearchOptions, experiment: Experiment, listener: BisectListener) {
    this.#options = options;
    this.#experiment = experiment;
    this.#listener = listener;
    this.tries = passesNeeded(options);
  }

  /** Whether an end fails. @throws HwlabError lab `end-untestable` */
  async fails(end: Subject): Promise<boolean> {
    const { outcome, said } = await this.ask(end);
    if (outcome !== 'untestable') return outcome === 'bad';
    throw new HwlabError({ code: 'end-untestable', blame: 'lab', message: cannotBeTested(end, said), advice: 'once that is mended, the same command with --fresh asks it again' });
  }

  /** How a state behaves, by as many passes as it takes; `untestable` once two of its runs said nothing. */
  async ask(subject: Subject): Promise<Pick<Trial, 'outcome' | 'said'>> {
    for (let passes = 0, refusals = 0; passes < this.tries; ) {
      const trial = await this.#run(subject);
      if (trial.outcome === 'bad') return trial;
      if (trial.outcome === 'good') passes += 1;
      else if ((refusals += 1) >= 2) return trial;
    }
    return { outcome: 'good' };
  }

  /** The first bad of the changes that lead from each point to the next. Where they end is known: good at the first point, bad at the last. */
  async along(points: readonly Subject[]): Promise<FoundChange> {
    const seen: Observation[] = [];
    for (;;) {
      const step = nextStep(points.length - 1, seen, this.#options);
      if (step.kind === 'found') return step;
      if (step.kind === 'contradiction') throw new HwlabError({ code: 'rate-too-high', blame: 'usage', message: 'a failure came before a point that passed: the test does not fail every time', advice: 'say how often it does: --rate 0.5' });
      const subject = points[step.at];
      if (!subject) throw new HwlabError({ code: 'no-such-point', blame: 'harness', message: `there is no point ${step.at} of ${points.length}` });
      const { outcome } = await this.#run(subject);
      seen.push({ at: step.at, outcome });
    }
  }

  async #run(subject: Subject): Promise<Trial> {
    const trial = await this.#experiment.run(subject);
    this.runs += 1;
    this.#listener.trial(subject, trial);
    return trial;
  }
}

/** How many passes in a row it takes to believe that a state does not fail: a failing one passes that often with less than 1 - confidence. */
export function passesNeeded({ rate, confidence }: SearchOptions): number {
  return rate >= 1 ? 1 : Math.ceil(Math.log(1 - confidence) / Math.log(1 - rate));
}
