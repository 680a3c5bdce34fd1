import type { Command } from 'commander';
import { resolve } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { diffPage } from '../../repro/diff/diff-page.ts';
import { findResult } from '../../repro/find-result.ts';
import { reproFolder } from '../../repro/run-again.ts';
import { writeWholeFile } from '../../report/write-whole-file.ts';
import { imagesDiff, kindOf, nightsDiff, resultsDiff } from '../diff-answer.ts';
import { interruptSignal } from '../interrupt.ts';
import { nightSettings, withNightOptions, type NightOptions } from '../night-options.ts';

interface DiffFlags extends NightOptions {
  readonly all?: boolean;
  readonly page?: string;
}

/** `hwlab diff A B`: two results, two nights or two images. */
export function registerDiffCommand(program: Command): void {
  const command = program
    .command('diff')
    .description('what differs between two results, nights or images; short, and all with --all or as a page')
    .argument('<a>', 'a result (NIGHT-NNN, NIGHT-NNN#TEST), a night, or an image')
    .argument('<b>', 'another of the same kind')
    .option('--all', 'everything, not only the first of each kind')
    .option('--page <file>', 'also write it as one HTML file, short first and all on demand');
  withNightOptions(command)
    .addHelpText('after', '\nResults: where they ran, packages, tests, measurements, kernel log without times and numbers, and the wire request by request; of two images also services, udev rules, modules and kernel configuration.\nImages: packages, units, udev rules, modules and their aliases, kernel configuration, read from the disks. What they drive: ./hwlab image diff.\n\nExamples:\n  ./hwlab diff 20261122-031500-k3xq-007 20261123-031500-ab2d-007\n  ./hwlab diff 20261122-031500-k3xq 20261123-031500-ab2d --page nights.html\n  ./hwlab diff debian-12 debian-13 --all\n\nExit codes: 0 nothing differs, 1 something does, 2 there is no such result, night or image.')
    .action(async (a: string, b: string, flags: DiffFlags) => {
      const settings = nightSettings(flags);
      const reports = [settings.reports, reproFolder(settings.reports)];
      const places = [settings.database, reproFolder(settings.reports)];
      const [first, second] = [await kindOf(a, places), await kindOf(b, places)];
      if (first !== second) throw new HwlabError({ code: 'kinds-differ', blame: 'usage', message: `${a} is a ${first} and ${b} is a ${second}`, advice: 'compare two of a kind' });
      const all = flags.all ?? false;
      const answer =
        first === 'image' ? await imagesDiff(a, b, all, interruptSignal()) : first === 'night' ? await nightsDiff(a, b, places, all) : await resultsDiff(await findResult(a, places), await findResult(b, places), reports, all, interruptSignal());
      const page = flags.page === undefined ? undefined : resolve(flags.page);
      if (page !== undefined) await writeWholeFile(page, diffPage(answer.view));
      const lines = [...answer.lines, ...(answer.differs ? [] : [answer.moved ? '\nnothing differs but measurements' : 'nothing differs']), ...(page === undefined ? [] : ['', `page  ${page}`])];
      process.stdout.write(settings.json ? `${JSON.stringify({ ...answer.json, ...(page === undefined ? {} : { page }) }, null, 2)}\n` : `${lines.join('\n')}\n`);
      process.exitCode = answer.differs ? 1 : 0;
    });
}
