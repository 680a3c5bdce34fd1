import type { Command } from 'commander';
import { HwlabError } from '../../base/hwlab-error.ts';
import { ResultStore } from '../../db/result-store.ts';
import { listImageIds } from '../../images/catalogue.ts';
import { loadCatalogue } from '../../run/catalogue.ts';
import { expandPlan, makeCell, onlyLevels, stopping } from '../../run/plan.ts';
import { loadPlan } from '../../run/plan-file.ts';
import { printDryRun } from '../print-dry-run.ts';
import { integerOption } from '../integer-option.ts';
import { nightSettings, withNightOptions, type NightOptions } from '../night-options.ts';
import { runAndReport } from '../run-and-report.ts';

interface NightlyOptions extends NightOptions {
  readonly plan: string;
  readonly slots?: number;
  readonly resume?: string;
  readonly investigate?: number;
  readonly dryRun?: boolean;
}

/** For looking into new failures, where nobody says. */
const usualMinutes = 10;

/** `hwlab nightly`: a plan from set-up to report. */
export function registerNightlyCommand(program: Command): void {
  const command = program
    .command('nightly')
    .description('run a plan: boot the images, attach the emulated devices, run the suites, keep the results, write the report')
    .option('--plan <name>', 'a plan of suites/plans, or the path of a YAML file', 'smoke')
    .option('--slots <n>', 'cells side by side (default: one a core, at most four)', integerOption('--slots', 1, 64))
    .option('--resume <night>', 'go on with a night that was cut off: run exactly the cells that have no result')
    .option('--investigate <minutes>', 'look into new failures for so long after the last cell, 0 for not at all (default: what the plan says, or 10)', integerOption('--investigate', 0, 1440))
    .option('--dry-run', 'print the cells and the estimate, and do nothing');
  withNightOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  ./hwlab nightly                                 the smoke plan
  ./hwlab nightly --plan full --yes               all models, unattended
  ./hwlab nightly --dry-run --plan full           what would run, and how long
  ./hwlab nightly --resume 20261122-031500-k3xq   after a power cut

Exit codes: 0 all cells pass, 1 product failures, 2 wrong usage or data, 3 the lab's fault, 70 a defect of hwlab, 130 interrupted.`,
    )
    .action(async (options: NightlyOptions) => {
      if (options.dryRun && options.resume !== undefined) throw new HwlabError({ code: 'options-contradict', blame: 'usage', message: '--dry-run and --resume do not go together' });
      const catalogue = await loadCatalogue(await listImageIds());
      const settings = nightSettings(options);
      if (options.resume !== undefined) {
        const resume = await ResultStore.open(settings.database).readNight(options.resume);
        const cells = resume.cells.map((cell, index) => stopping(onlyLevels(makeCell(cell, index + 1, catalogue), resume.requirements), resume.stopAfterFailures));
        process.exitCode = await runAndReport({ investigateMinutes: options.investigate ?? usualMinutes, cells, plan: resume.plan, deadlineMinutes: resume.deadlineMinutes ?? 5, resume, ...settings, ...(options.slots === undefined ? {} : { slots: options.slots }) });
        return;
      }
      const { plan, label } = await loadPlan(options.plan, catalogue.plans);
      const cells = expandPlan(plan, catalogue);
      const slots = options.slots ?? plan.slots;
      const asked = { cells, plan: label, ...(plan.requirements ? { requirements: plan.requirements } : {}), ...settings, ...(slots === undefined ? {} : { slots }) };
      if (options.dryRun) await printDryRun(asked);
      else process.exitCode = await runAndReport({ ...asked, deadlineMinutes: plan.deadlineMinutes, investigateMinutes: options.investigate ?? plan.investigate ?? usualMinutes });
    });
}
