import { InvalidArgumentError, Option, type Command } from 'commander';
import { reproFolder } from '../../repro/run-again.ts';
import { findResult } from '../../repro/find-result.ts';
import { bisectResult, type BisectFlags } from '../bisect-result.ts';
import { integerOption } from '../integer-option.ts';
import { nightSettings, withNightOptions } from '../night-options.ts';

/** `hwlab bisect`: the first bad image, and below it the package or the kernel. */
export function registerBisectCommand(program: Command): void {
  const command = program
    .command('bisect')
    .description('find the first bad image of a failure, and below it the package or the kernel that brings it')
    .requiredOption('--test <result>', 'what fails: NIGHT-NNN, or NIGHT-NNN#TEST for one test of it')
    .option('--good <image>', 'an image on which it does not fail; the one of the last good result when left out')
    .option('--bad <image>', 'an image on which it fails; the one of the result when left out')
    .addOption(new Option('--images <ids>', 'search these images between the two, in this order (a,b,c), instead of those of the same system by their time').argParser((text: string) => text.split(',')))
    .addOption(new Option('--only <part>', 'go no further than the images, or search the packages or the kernels at once').choices(['images', 'packages', 'kernels']))
    .option('--debs <folder>', 'take .deb files from here where it has them; otherwise packages are made from the files of the bad image')
    .option('--reboot', 'boot the guest anew after packages were installed')
    .option('--rate <share>', 'how often the test fails where the change is in, above 0 to 1; 1 unless the result itself shows less', share(0.01, 1))
    .option('--confidence <share>', 'how sure the answer has to be', share(0.5, 0.9999), 0.95)
    .option('--any', 'any failure of the test counts, not only the same one')
    .option('--fresh', 'forget the runs of the same bisection that was interrupted')
    .option('--minutes <n>', 'for one run, at most', integerOption('--minutes', 1, 240), 8)
    .option('--dry-run', 'print what it would cost, and do nothing');
  withNightOptions(command)
    .addHelpText(
      'after',
      `
It says what it costs before it starts. An interrupted one goes on where it was: type the same command again. Its runs are kept below reports/repro and touch no
verdict. A failure counts only if its signature is that of the result; a run that fails otherwise says nothing, and the search goes round it.

Examples:
  ./hwlab bisect --test 20261122-031500-k3xq-007 --dry-run
  ./hwlab bisect --good school-41 --bad school-57 --test "20261122-031500-k3xq-007#signature"
  ./hwlab bisect --good school-41 --bad school-42 --test 20261122-031500-k3xq-007 --only packages --debs ./debs
  ./hwlab bisect --good school-41 --bad school-57 --test 20261122-031500-k3xq-007 --rate 0.3 --confidence 0.99

Exit codes: 0 the first bad one is named, 4 nothing that can be bisected explains it, 2 wrong usage, an image that is gone, ends that do not hold, 3 the lab's fault, 70 a defect of hwlab, 130 interrupted.`,
    )
    .action(async (flags: BisectFlags & { readonly test: string }) => {
      const { database, reports } = nightSettings(flags);
      process.exitCode = await bisectResult(await findResult(flags.test, [database, reproFolder(reports)]), flags);
    });
}

function share(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d*\.?\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`a share from ${least} to ${most}.`);
    return value;
  };
}
