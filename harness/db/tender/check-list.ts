import type { Decision } from '../identity/decide.ts';
import { headlineRank } from '../lookup/headline-rank.ts';
import type { ListedFacts, ListedModel } from '../lookup/public-lists.ts';
import type { Headline } from '../verdicts/headline.ts';
import type { Language } from '../verdicts/verdict-texts.ts';
import type { ListLine } from './list-lines.ts';
import type { ReadList } from './read-list.ts';

/** What is needed of an answer about a product; a DeviceAnswer is one. */
export interface ListedDevice {
  readonly device: { readonly id: string; readonly fullName: string; readonly path: string };
  readonly images: readonly ListedImage[];
}

export interface ListedImage {
  readonly image: string;
  readonly imageName: string;
  readonly headline: Headline;
  readonly level: string | null;
  /** ISO 8601 */
  readonly lastTestedAt: string | null;
  readonly valid: { readonly date: string } | null;
  readonly path: string;
  /** Beside `text.reasons`, one for one. */
  readonly reasons: readonly { readonly code: string }[];
  readonly text: Readonly<Record<Language, { readonly headline: string; readonly sentence: string; readonly reasons: readonly string[]; readonly limits: readonly string[]; readonly needs: readonly string[] }>>;
}

/** A product that a line may mean. */
export interface Candidate {
  readonly device: string;
  readonly name: string;
  /** From 0 to 1. */
  readonly confidence: number;
  /** Codes of reasons, see `explainReason` of identity. */
  readonly because: readonly string[];
}

/** What a line means: one product, one of several, something like these, or nothing that is known. */
export type LineMatch =
  | { readonly kind: 'one'; readonly candidate: Candidate; readonly others: readonly Candidate[] }
  | { readonly kind: 'several' | 'related'; readonly others: readonly Candidate[] }
  | { readonly kind: 'none'; readonly others: readonly [] };

/** How a line stands: the word of the worst of the asked images, or why there is none. */
export type LineStanding = Headline | 'public-lists' | 'several-models' | 'only-alike' | 'not-known';

export interface CheckedLine {
  readonly line: ListLine;
  readonly match: LineMatch;
  readonly standing: LineStanding;
  /** The answers for the asked images; empty unless one product is meant. */
  readonly images: readonly ListedImage[];
  /** Permanent path of the product's page. */
  readonly path: string | undefined;
  /** What public lists say of the product; all that is known where the standing is `public-lists`. */
  readonly lists?: ListedFacts;
}

export interface ListCheck {
  readonly lines: readonly CheckedLine[];
  /** Ids of the images that were asked about. */
  readonly images: readonly string[];
  /** Lines by standing; only those that there are. */
  readonly counts: Readonly<Partial<Record<LineStanding, number>>>;
  /** Every line is one known product of which good is known. */
  readonly allGood: boolean;
}

/** What the check asks of the database. */
export interface ListOracle {
  /** What a text means, and all that may be meant, best first. */
  readonly decide: (asked: string) => { readonly decision: Decision; readonly all: readonly Omit<Candidate, 'name'>[] };
  /** Name for people of a device that `decide` names. */
  readonly name: (device: string) => string;
  /** The answer for the asked images. */
  readonly answer: (device: string) => ListedDevice;
  /** A product that only public lists know. */
  readonly listed: (device: string) => ListedModel | undefined;
  /** What public lists say of a product of ours. */
  readonly lists: (device: string) => ListedFacts | undefined;
}

/** Standings with which a line can be bought. */
export const isGood: Readonly<Record<LineStanding, boolean>> = {
  certified: true,
  works: true,
  'works-with-limits': true,
  'expected-to-work': true,
  // Nobody here tried it, and no list is about our image.
  'public-lists': false,
  'not-tested': false,
  conflicting: false,
  'expected-not-to-work': false,
  'does-not-work': false,
  'several-models': false,
  'only-alike': false,
  'not-known': false,
};

/** Other products listed with a line. */
const mostOthers = 5;

/** Checks every line of a list. Equal questions are asked once. Pure but for what the oracle does. */
export function checkList({ lines }: Pick<ReadList, 'lines'>, oracle: ListOracle, images: readonly string[]): ListCheck {
  const matches = new Map<string, LineMatch>();
  const answers = new Map<string, ListedDevice>();
  const answerOf = (device: string): ListedDevice => cached(answers, device, () => oracle.answer(device));
  const checked = lines.map((line): CheckedLine => {
    const match = cached(matches, JSON.stringify(line.asks), () => matchLine(line.asks, oracle));
    if (match.kind !== 'one') return { line, match, standing: unsettled[match.kind], images: [], path: undefined };
    const listed = oracle.listed(match.candidate.device);
    if (listed !== undefined) return { line, match, standing: 'public-lists', images: [], path: listed.path, lists: listed };
    const answer = answerOf(match.candidate.device);
    const lists = oracle.lists(match.candidate.device);
    return { line, match, standing: worstOf(answer.images), images: answer.images, path: answer.device.path, ...(lists === undefined ? {} : { lists }) };
  });
  const counts: Partial<Record<LineStanding, number>> = {};
  for (const { standing } of checked) counts[standing] = (counts[standing] ?? 0) + 1;
  return { lines: checked, images, counts, allGood: checked.every(({ standing }) => isGood[standing]) };
}

/** The worst of several images is the standing of a line. */
function worstOf(images: readonly ListedImage[]): Headline {
  const [first = 'not-tested', ...others] = images.map(({ headline }) => headline);
  return others.reduce((worst, each) => (headlineRank[each] > headlineRank[worst] ? each : worst), first);
}

const unsettled = { several: 'several-models', related: 'only-alike', none: 'not-known' } as const;

/**
 * Asks everything that a line says of itself. All that settle on a product must settle on the same one: a USB id of one model and the
 * name of another are a question for a person.
 */
export function matchLine(asks: readonly string[], oracle: Pick<ListOracle, 'decide' | 'name'>): LineMatch {
  const asked = asks.map((ask) => oracle.decide(ask));
  const best = new Map<string, Candidate>();
  for (const { all } of asked) {
    for (const { device, confidence, because } of all) {
      if (confidence > (best.get(device)?.confidence ?? 0)) best.set(device, { device, name: oracle.name(device), confidence, because });
    }
  }
  const ranked = [...best.values()].sort((left, right) => right.confidence - left.confidence);
  const others = (...without: readonly string[]): readonly Candidate[] => ranked.filter(({ device }) => !without.includes(device)).slice(0, mostOthers);
  const settled = [...new Set(asked.flatMap(({ decision }) => (decision.kind === 'one' ? [decision.match.device] : [])))];
  const [only, ...more] = settled;
  const candidate = only === undefined ? undefined : best.get(only);
  if (candidate !== undefined && more.length === 0) return { kind: 'one', candidate, others: others(candidate.device) };
  if (more.length > 0) return { kind: 'several', others: ranked.filter(({ device }) => settled.includes(device)) };
  if (asked.some(({ decision }) => decision.kind === 'several')) return { kind: 'several', others: others() };
  return ranked.length > 0 ? { kind: 'related', others: others() } : { kind: 'none', others: [] };
}

function cached<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
