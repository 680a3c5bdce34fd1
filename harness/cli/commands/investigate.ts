import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { ResultStore } from '../../db/result-store.ts';
import { listImageIds } from '../../images/catalogue.ts';
import { failureOf } from '../../repro/failure-of.ts';
import { findResult } from '../../repro/find-result.ts';
import { imageByHash } from '../../repro/image-by-hash.ts';
import { investigateFailures } from '../../repro/investigate/investigate-failures.ts';
import { reproFolder } from '../../repro/run-again.ts';
import { loadCatalogue } from '../../run/catalogue.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { realLab } from '../../run/real-lab.ts';
import { consentOf } from '../../setup/consent.ts';
import { ensureCellPackages } from '../cell-packages.ts';
import { againEvents } from '../again-events.ts';
import { integerOption } from '../integer-option.ts';
import { investigationLines } from '../investigate-text.ts';
import { nightSettings, withNightOptions, type NightOptions } from '../night-options.ts';

/** `hwlab investigate`: whose failure it is. */
export function registerInvestigateCommand(program: Command): void {
  const command = program
    .command('investigate')
    .description("say whose failure it is - sporadic, the product's, the test's, the environment's, the device's - by running it again with one thing changed at a time")
    .argument('<result>', 'NIGHT-NNN, as pages name it; NIGHT-NNN#TEST for one test of it')
    .option('--budget <minutes>', 'begin no run after so many minutes', integerOption('--budget', 1, 1440), 30);
  withNightOptions(command)
    .addHelpText(
      'after',
      `
Again on a pristine clone; the last good image with today's suite; today's image with the suite of the last good run, from git; another model of the class; another
machine profile: until it is decided. The verdict is kept beside the result, with the runs that show it, and stands on the night's page. No other verdict moves.
A night does this by itself with what failed anew (./hwlab nightly --investigate MINUTES).

Examples:
  ./hwlab investigate 20261122-031500-k3xq-007
  ./hwlab investigate "20261122-031500-k3xq-007#three sheets" --budget 10 --json

Exit codes: 0 decided, 4 undecided, 2 wrong usage, no failure to look into, an image that is gone, 3 the lab's fault, 70 a defect of hwlab, 130 interrupted.`,
    )
    .action(async (asked: string, flags: NightOptions & { readonly budget: number }) => {
      const settings = nightSettings(flags);
      const folder = reproFolder(settings.reports);
      const { result, test, database = settings.database } = await findResult(asked, [settings.database, folder]);
      const failure = failureOf(result, test);
      await imageByHash(result);
      const { events, signal } = againEvents();
      const progress = (step: string): void => void events.emit('preparing', { step });
      const deadline = Deadline.after(24 * 3600_000, signal);
      await ensureCellPackages([{ id: result.cell }], [], { ...consentOf({ yes: settings.yes }), deadline, progress });
      const lab = await realLab(deadline, { kernelParameters: result.manifest?.kernelParameters ?? [] });
      const night = await Array.fromAsync(ResultStore.open(database).results({ night: result.night }, () => undefined));
      const found = await investigateFailures([failure], { database, folder, night, catalogue: await loadCatalogue(await listImageIds()), lab, events, signal, deadline, budget: flags.budget * 60_000, limit: 8 * 60_000 * (lab.accelerator === 'kvm' ? 1 : 4), progress });
      await lab.idle?.();
      const [one] = found;
      if (!one) throw new HwlabError({ code: 'nothing-ran', blame: 'harness', message: 'nothing was looked into' });
      process.stdout.write(settings.json ? `${JSON.stringify(one, null, 2)}\n` : `${investigationLines(one).join('\n')}\n`);
      process.exitCode = one.verdict === 'undecided' ? 4 : exitCodes.ok;
    });
}
