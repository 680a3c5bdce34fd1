/** What one run at a point said: `bad` only where the failure that is looked for came, `untestable` where the run says nothing of it. */
export type TrialOutcome = 'bad' | 'good' | 'untestable';

export interface Observation {
  /** Point 0 is the good end, point `changes` the bad end. */
  readonly at: number;
  readonly outcome: TrialOutcome;
}

export interface SearchOptions {
  /** How often the test fails where the change is in, 0 < rate <= 1. Where it is not in, it never fails in this way: failures are told apart by their signature. */
  readonly rate: number;
  /** How sure the answer has to be, 0.5 <= confidence < 1. */
  readonly confidence: number;
}

export type SearchStep =
  | { readonly kind: 'test'; readonly at: number }
  /** The first bad change is one of `from`..`to` (counted from 1); more than one only where the points between them cannot be tested. */
  | { readonly kind: 'found'; readonly from: number; readonly to: number; readonly confidence: number }
  /** No change explains what was seen: something failed before a point that cannot fail at this rate. */
  | { readonly kind: 'contradiction' };

/** So many untestable answers of one point, and it is left out. */
const mostRefusals = 2;

/**
 * The next point to test, or the answer. The changes 1..`changes` lie in an order between a good state (0) and a bad one; which of them is the first bad one is
 * equally likely at first. Each run weighs the changes anew (Bayes): a failure at a point excludes all behind it, a pass makes those before it less likely by
 * 1 - rate. The next point is the one whose run tells most (mutual information); with a rate of 1 that is bisection, ceil(log2 changes) runs.
 */
export function nextStep(changes: number, observations: readonly Observation[], options: SearchOptions): SearchStep {
  const weights = weigh(changes, observations, options.rate);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total <= 0) return { kind: 'contradiction' };
  const refused = observations.filter(({ outcome }) => outcome === 'untestable').map(({ at }) => at);
  const testable = (at: number): boolean => refused.length === 0 || refused.filter((each) => each === at).length < mostRefusals;

  let best: { at: number; bits: number } | undefined;
  let heaviest = { from: 1, to: changes, weight: -1 };
  let before = 0;
  let block = { from: 1, weight: 0 };
  for (let change = 1; change <= changes; change += 1) {
    const weight = (weights[change - 1] ?? 0) / total;
    before += weight;
    block.weight += weight;
    if (change < changes && !testable(change)) continue;
    if (block.weight > heaviest.weight) heaviest = { from: block.from, to: change, weight: block.weight };
    block = { from: change + 1, weight: 0 };
    if (change === changes) break;
    const bits = information(Math.min(1, before), options.rate);
    if (best === undefined || bits > best.bits + 1e-12) best = { at: change, bits };
  }
  if (heaviest.weight >= options.confidence || best === undefined || best.bits <= 1e-9) {
    // Changes that something excludes stand at the edges of a block that could not be tested.
    let { from, to } = heaviest;
    while (from < to && weights[from - 1] === 0) from += 1;
    while (to > from && weights[to - 1] === 0) to -= 1;
    return { kind: 'found', from, to, confidence: Math.min(1, heaviest.weight) };
  }
  return { kind: 'test', at: best.at };
}

function weigh(changes: number, observations: readonly Observation[], rate: number): number[] {
  const weights = new Array<number>(changes).fill(1);
  for (const { at, outcome } of observations) {
    if (outcome === 'bad') weights.fill(0, Math.max(0, at));
    else if (outcome === 'good') for (let change = 1; change <= Math.min(at, changes); change += 1) weights[change - 1] = (weights[change - 1] ?? 0) * (1 - rate);
  }
  return weights;
}

/** What one run tells, in bits: of the answers' entropy, that part which is not chance. `before` is how likely the first bad change lies at or before the point. */
function information(before: number, rate: number): number {
  return entropy(before * rate) - before * entropy(rate);
}

function entropy(p: number): number {
  return p <= 0 || p >= 1 ? 0 : -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
}
