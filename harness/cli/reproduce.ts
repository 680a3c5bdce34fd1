import { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import type { Result, TestResult } from '../db/generated/result.ts';
import { listImageIds } from '../images/catalogue.ts';
import { catalogueWith } from '../repro/bundle/bundle-cell.ts';
import type { OpenedBundle } from '../repro/bundle/open-bundle.ts';
import { imageWherever } from '../repro/image-by-hash.ts';
import { isFailure, judgeRepro, type Judgement } from '../repro/judge-repro.ts';
import type { Overrides } from '../repro/overrides.ts';
import { cellAgain, differences } from '../repro/plan-repro.ts';
import { rateOf, rateText } from '../repro/rate.ts';
import { failedTest, machineBefore } from '../repro/machine-before.ts';
import { prepareAgain, reproFolder, runAgain } from '../repro/run-again.ts';
import { loadCatalogue } from '../run/catalogue.ts';
import { exitCodes } from '../run/exit-code.ts';
import { harnessRevision } from '../run/harness-revision.ts';
import { realLab } from '../run/real-lab.ts';
import { consentOf } from '../setup/consent.ts';
import { againEvents } from './again-events.ts';
import { ensureCellPackages } from './cell-packages.ts';
import { holdOf, type HoldFlags } from './hold-options.ts';
import { playing, type PlayedCassette } from './play-cassette.ts';
import { nightSettings, type NightOptions } from './night-options.ts';
import { differenceLines, judgementLines } from './repro-text.ts';

export interface ReproduceOrder {
  readonly result: Result;
  readonly test?: TestResult;
  readonly overrides: Overrides;
  readonly flags: NightOptions & HoldFlags & { readonly repeat: number; readonly snapshot?: boolean };
  /** Where model and suite come from, if not from this checkout. */
  readonly bundle?: OpenedBundle & { readonly trustSuite: boolean };
  /** The recording that takes the emulation's place. */
  readonly played?: PlayedCassette;
}

interface Run {
  readonly result: Result;
  readonly judgement: Judgement;
  readonly folder: string;
}

const limitMinutes = 8;

/** Exit codes of their own: a script asks "does it come again?". */
const answerCodes = { 'same failure': exitCodes.ok, 'other failure': exitCodes.product, passes: 4, 'no answer': exitCodes.lab } as const;

/** Says what is not as it was, runs the cell again so often, and answers. Returns the exit code. */
export async function reproduce(order: ReproduceOrder): Promise<number> {
  const { result: was, overrides, flags, bundle, played } = order;
  const test = order.test ?? (flags.snapshot ? failedTest(was) : undefined);
  const settings = nightSettings(flags);
  const hold = holdOf(flags);
  const { events, signal } = againEvents();
  const progress = (step: string): void => void events.emit('preparing', { step });
  const wanted = { ...overrides, image: overrides.image ?? (await imageWherever(was, Deadline.after(3600_000, signal), progress)) };
  const known = await loadCatalogue(await listImageIds());
  const catalogue = bundle ? await catalogueWith(bundle, known, bundle.trustSuite) : known;
  const made = await cellAgain(was, wanted, test, catalogue, bundle !== undefined);
  const cell = played ? { ...made, ...playing(made, played, 'strict') } : made;
  await ensureCellPackages([cell], [], { ...consentOf({ yes: settings.yes }), deadline: Deadline.after(3600_000, signal), progress });

  const deadline = Deadline.after(24 * 3600_000, signal);
  const kernelParameters = [...(was.manifest?.kernelParameters ?? []), ...overrides.kernelParameters];
  const lab = await realLab(deadline, { kernelParameters });
  const here = await lab.image(cell.id.image, deadline, progress);
  const changed = differences(was, cell, wanted, { imageSha256: here.sha256, packages: here.packages, accelerator: lab.accelerator, qemu: lab.qemu, harness: await harnessRevision() });
  process.stderr.write(`${differenceLines(was, changed).join('\n')}\n`);
  const ready = await prepareAgain(lab, cell, deadline, progress);

  const runs: Run[] = [];
  const limit = limitMinutes * 60_000 * (cell.patience ?? (lab.accelerator === 'kvm' ? 1 : 4));
  const common = { folder: reproFolder(settings.reports), lab, events, signal, limit, repeats: was.id, kernelParameters };
  const machine = flags.snapshot && test ? await machineBefore({ was, test, cell, machine: ready.machine, kernelParameters, run: async (filling, cellBefore) => firstOf(runAgain(cellBefore, 1, { ...common, ...ready, machine: filling })), deadline, progress }) : ready.machine;
  for await (const { result, folder } of runAgain(cell, flags.repeat, { ...common, ...ready, machine, ...(hold ? { hold } : {}) })) {
    const judgement = judgeRepro(was, result, test?.id);
    runs.push({ result, judgement, folder });
    if (flags.repeat > 1) process.stderr.write(`  ${runs.length} of ${flags.repeat}: ${judgement.answer}\n`);
  }
  const [first, ...more] = runs;
  if (!first) throw new HwlabError({ code: 'nothing-ran', blame: 'harness', message: 'nothing was run' });
  const failedBefore = was.reason !== undefined || was.tests.some(isFailure);
  const again = failedBefore ? 'same failure' : 'passes';
  const answers = runs.map(({ judgement }) => judgement.answer);
  const answered = answers.filter((each) => each !== 'no answer');
  const rate = answered.length === 0 ? undefined : rateOf(answered.filter((each) => each === again).length, answered.length);
  const answer = answers.includes(again) ? again : (answered.at(-1) ?? 'no answer');
  if (settings.json) {
    const shown = runs.map(({ result, judgement, folder }) => ({ result: result.id, outcome: result.outcome, ...judgement, folder }));
    process.stdout.write(`${JSON.stringify({ repeats: was.id, answer, differences: changed, ...(rate ? { rate } : {}), runs: shown }, null, 2)}\n`);
  } else if (more.length === 0) {
    process.stdout.write(`${judgementLines(first.judgement, first.result, first.folder).join('\n')}\n`);
  } else {
    const counted = [...new Set(answers)].map((each) => `  ${each}: ${answers.filter((one) => one === each).length}`);
    process.stdout.write(`${[`${again}: ${rate ? rateText(rate) : 'no run gave an answer'}`, ...counted, `  results  ${first.folder}`].join('\n')}\n`);
  }
  return !failedBefore && answer === 'passes' ? exitCodes.ok : answerCodes[answer];
}

async function firstOf(runs: ReturnType<typeof runAgain>): Promise<Result> {
  for await (const { result } of runs) return result;
  throw new HwlabError({ code: 'nothing-ran', blame: 'harness', message: 'nothing was run' });
}
