import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { Result } from '../../db/generated/result.ts';
import { listImageIds } from '../../images/catalogue.ts';
import { findResult } from '../../repro/find-result.ts';
import { imageByHash } from '../../repro/image-by-hash.ts';
import { judgeRepro, type Judgement } from '../../repro/judge-repro.ts';
import { parseOverrides } from '../../repro/overrides.ts';
import { cellAgain, differences } from '../../repro/plan-repro.ts';
import { rateOf, rateText } from '../../repro/rate.ts';
import { prepareAgain, reproFolder, runAgain } from '../../repro/run-again.ts';
import { loadCatalogue } from '../../run/catalogue.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { harnessRevision } from '../../run/harness-revision.ts';
import { realLab } from '../../run/real-lab.ts';
import { consentOf } from '../../setup/consent.ts';
import { ensureHostPackages } from '../../setup/host-packages.ts';
import { againEvents } from '../again-events.ts';
import { holdOf, withHoldOptions, type HoldFlags } from '../hold-options.ts';
import { integerOption } from '../integer-option.ts';
import { nightSettings, withNightOptions, type NightOptions } from '../night-options.ts';
import { differenceLines, judgementLines } from '../repro-text.ts';

interface ReproFlags extends NightOptions, HoldFlags {
  readonly repeat: number;
}

const limitMinutes = 8;

/** Exit codes of their own: a script asks "does it come again?". */
const answerCodes = { 'same failure': 0, 'other failure': exitCodes.product, passes: 4, 'no answer': exitCodes.lab } as const;

/** `hwlab repro`: one result once more, and whether its failure comes again. */
export function registerReproCommand(program: Command): void {
  const command = program
    .command('repro')
    .description('run a result again, exactly as it was, and say whether its failure comes again')
    .argument('<result>', 'NIGHT-NNN, as pages name it; NIGHT-NNN#TEST for one test of it; or a file with a result')
    .argument('[changes...]', 'KEY=value: image=, machine=, transport=, personality=, seed=, patience=, kernel=PARAMETER')
    .option('--repeat <n>', 'so many times, each on a pristine clone, and how often', integerOption('--repeat', 1, 1000), 1);
  withHoldOptions(withNightOptions(command))
    .addHelpText(
      'after',
      `
Before anything starts it says what is gone or cannot be made the same. Such runs are kept below reports/repro and never touch a verdict.

Examples:
  ./hwlab repro 20261122-031500-k3xq-007
  ./hwlab repro "20261122-031500-k3xq-007#three sheets" --hold fail
  ./hwlab repro 20261122-031500-k3xq-007 --repeat 10
  ./hwlab repro 20261122-031500-k3xq-007 image=debian-13 kernel=usbcore.autosuspend=-1

Exit codes: 0 the same failure came again (of a result without one: it passes again), 1 another failure, 4 it passes, 2 wrong usage, an image that is gone, 3 the lab's fault, 70 a defect of hwlab, 130 interrupted.
With --repeat: 0 when it came at least once.`,
    )
    .action(async (asked: string, changes: readonly string[], flags: ReproFlags) => {
      const settings = nightSettings(flags);
      const hold = holdOf(flags);
      const overrides = parseOverrides(changes);
      const folder = reproFolder(settings.reports);
      const { result: was, test } = await findResult(asked, [settings.database, folder]);
      const image = overrides.image ?? (await imageByHash(was));
      const catalogue = await loadCatalogue(await listImageIds());
      const wanted = { ...overrides, image };
      const cell = await cellAgain(was, wanted, test, catalogue);
      const { events, signal } = againEvents();
      const deadline = Deadline.after(24 * 3600_000, signal);
      await ensureHostPackages(['guest'], { ...consentOf({ yes: settings.yes }), deadline: Deadline.after(3600_000, signal), progress: (step) => void events.emit('preparing', { step }) });
      const kernelParameters = [...(was.manifest?.kernelParameters ?? []), ...overrides.kernelParameters];
      const lab = await realLab(deadline, { kernelParameters });
      const here = await lab.image(cell.id.image, deadline, (step) => void events.emit('preparing', { step }));
      const changed = differences(was, cell, wanted, { imageSha256: here.sha256, packages: here.packages, accelerator: lab.accelerator, qemu: lab.qemu, harness: await harnessRevision() });
      process.stderr.write(`${differenceLines(was, changed).join('\n')}\n`);
      const prepared = await prepareAgain(lab, cell, deadline, (step) => void events.emit('preparing', { step }));

      const runs: { readonly result: Result; readonly judgement: Judgement; readonly folder: string }[] = [];
      const patience = cell.patience ?? (lab.accelerator === 'kvm' ? 1 : 4);
      for await (const { result, folder: evidence } of runAgain(cell, flags.repeat, { folder, lab, ...prepared, events, signal, limit: limitMinutes * 60_000 * patience, repeats: was.id, ...(hold ? { hold } : {}), kernelParameters })) {
        const judgement = judgeRepro(was, result, test?.id);
        runs.push({ result, judgement, folder: evidence });
        if (flags.repeat > 1) process.stderr.write(`  ${runs.length} of ${flags.repeat}: ${judgement.answer}\n`);
      }
      const failedBefore = was.reason !== undefined || was.tests.some(({ outcome }) => outcome === 'FAIL' || outcome === 'ERROR' || outcome === 'MISS');
      const answers = runs.map(({ judgement }) => judgement.answer);
      const answered = answers.filter((answer) => answer !== 'no answer');
      const again = failedBefore ? 'same failure' : 'passes';
      const rate = answered.length === 0 ? undefined : rateOf(answered.filter((answer) => answer === again).length, answered.length);
      const last = runs.at(-1);
      if (!last) throw new HwlabError({ code: 'nothing-ran', blame: 'harness', message: 'nothing was run' });
      const answer = flags.repeat === 1 ? last.judgement.answer : answers.includes(again) ? again : (answered.at(-1) ?? 'no answer');
      if (settings.json) {
        const shown = runs.map(({ result, judgement, folder: evidence }) => ({ result: result.id, outcome: result.outcome, ...judgement, folder: evidence }));
        process.stdout.write(`${JSON.stringify({ repeats: was.id, answer, differences: changed, ...(rate ? { rate } : {}), runs: shown }, null, 2)}\n`);
      } else {
        const lines = flags.repeat === 1 ? judgementLines(last.judgement, last.result, last.folder) : [`${again}: ${rate ? rateText(rate) : 'no run gave an answer'}`, ...[...new Set(answers)].map((each) => `  ${each}: ${answers.filter((one) => one === each).length}`), `  results  ${last.folder}`];
        process.stdout.write(`${lines.join('\n')}\n`);
      }
      process.exitCode = !failedBefore && answer === 'passes' ? exitCodes.ok : answerCodes[answer];
    });
}
