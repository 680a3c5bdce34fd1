import { bisect, passesNeeded } from '../harness/repro/bisect/bisect.ts';
import type { Subject } from '../harness/repro/bisect/experiment.ts';
import { drawnFrom } from '../harness/repro/bisect/search-cost.ts';
import { FakeExperiment } from '../harness/repro/bisect/testing/fake-experiment.ts';
import type { Figure } from './print-figures.ts';

const count = 64;
const limit = 6;
const silent = { part: () => undefined, trial: () => undefined };

/** How many runs it takes to find the first bad of 64 images, whichever it is; and with a test that fails in half of the runs, beside repeating each point until it is sure. No guest is started. */
export async function measureBisect(): Promise<Figure[]> {
  const images = Array.from({ length: count }, (_, index): Subject => ({ image: `os-${index}`, label: `os-${index}`, key: String(index).padStart(16, '0') }));
  const random = drawnFrom(1);
  const runs = async (firstBad: number, rate: number): Promise<number> => {
    const experiment = new FakeExperiment(({ image }) => (Number(image.slice(3)) >= firstBad && random() < rate ? 'bad' : 'good'));
    await bisect({ images, known: { good: true, bad: true }, options: { rate, confidence: 0.95 } }, experiment, silent);
    return experiment.ran.length;
  };
  const positions = Array.from({ length: count - 1 }, (_, index) => index + 1);
  const sure = await Promise.all(positions.map(async (firstBad) => await runs(firstBad, 1)));
  const flaky = await Promise.all(positions.map(async (firstBad) => await runs(firstBad, 0.5)));
  return [
    { what: `most runs to bisect ${count} images`, ours: Math.max(...sure), theirs: limit, unit: 'runs', against: 'the limit', goal: { atMost: 1 } },
    { what: `mean runs, a test that fails in half of its runs`, ours: flaky.reduce((sum, each) => sum + each, 0) / flaky.length, theirs: limit * passesNeeded({ rate: 0.5, confidence: 0.95 }), unit: 'runs', against: 'each point repeated until it is sure', goal: { atMost: 1 } },
  ];
}
