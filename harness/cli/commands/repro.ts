import type { Command } from 'commander';
import { findResult } from '../../repro/find-result.ts';
import { parseOverrides } from '../../repro/overrides.ts';
import { reproFolder } from '../../repro/run-again.ts';
import { withHoldOptions, type HoldFlags } from '../hold-options.ts';
import { integerOption } from '../integer-option.ts';
import { nightSettings, withNightOptions, type NightOptions } from '../night-options.ts';
import { reproduce } from '../reproduce.ts';

interface ReproFlags extends NightOptions, HoldFlags {
  readonly repeat: number;
  readonly snapshot?: boolean;
}

/** `hwlab repro`: one result once more, and whether its failure comes again. */
export function registerReproCommand(program: Command): void {
  const command = program
    .command('repro')
    .description('run a result again, exactly as it was, and say whether its failure comes again')
    .argument('<result>', 'NIGHT-NNN, as pages name it; NIGHT-NNN#TEST for one test of it; or a file with a result')
    .argument('[changes...]', 'KEY=value: image=, machine=, transport=, personality=, seed=, patience=, kernel=PARAMETER')
    .option('--repeat <n>', 'so many times, each on a pristine clone, and how often', integerOption('--repeat', 1, 1000), 1)
    .option('--snapshot', 'keep memory and disk right before the test (before the first that failed when none is named), and begin there, now and from then on');
  withHoldOptions(withNightOptions(command))
    .addHelpText(
      'after',
      `
Before anything starts it says what is gone or cannot be made the same. Such runs are kept below reports/repro and never touch a verdict.

Examples:
  ./hwlab repro 20261122-031500-k3xq-007
  ./hwlab repro "20261122-031500-k3xq-007#three sheets" --hold fail
  ./hwlab repro 20261122-031500-k3xq-007 --repeat 10
  ./hwlab repro "20261122-031500-k3xq-007#three sheets" --snapshot --hold fail
  ./hwlab repro 20261122-031500-k3xq-007 image=debian-13 kernel=usbcore.autosuspend=-1

Exit codes: 0 the same failure came again (of a result without one: it passes again), 1 another failure, 4 it passes, 2 wrong usage, an image that is gone, 3 the lab's fault, 70 a defect of hwlab, 130 interrupted.
With --repeat: 0 when it came at least once.`,
    )
    .action(async (asked: string, changes: readonly string[], flags: ReproFlags) => {
      const overrides = parseOverrides(changes);
      const { database, reports } = nightSettings(flags);
      process.exitCode = await reproduce({ ...(await findResult(asked, [database, reproFolder(reports)])), overrides, flags });
    });
}
