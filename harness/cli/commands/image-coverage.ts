import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { parseAsked } from '../../db/coverage/ask.ts';
import { CoverageLookup, type CoverageAnswer } from '../../db/coverage/coverage-lookup.ts';
import { imageCoverage } from '../../images/coverage/image-coverage.ts';
import { interruptSignal } from '../interrupt.ts';
import { answerLines, summaryLines } from '../coverage-text.ts';

const say = (line: string): void => void process.stderr.write(`hwlab: ${line}\n`);

interface CoverageFlags {
  readonly id?: readonly string[];
  readonly partition?: string;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

/** `hwlab image coverage` */
export function registerImageCoverage(image: Command): void {
  image
    .command('coverage <image>')
    .description('what an image claims to drive: read from its files, nothing is booted')
    .option('--id <id...>', 'USB id (04a9:2206), lsusb line, PCI id (pci:8086:1234), modalias or IEEE 1284 id')
    .option('--partition <number>', 'the partition with the system, when several have one')
    .option('--fresh', 'read the image again even if it was read before')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab image coverage debian-12\n  ./hwlab image coverage debian-12 --id 04a9:2206 --id "MFG:HP;MDL:LaserJet 1020;"\n  ./hwlab image coverage ./school.qcow2 --id 0403:6001\n\nExit codes: 0 every id asked for has a driver, 1 one has none, 2 unknown image, id or layout, 3 the lab could not do it.')
    .action(async (name: string, flags: CoverageFlags) => {
      const deadline = Deadline.after(10 * 60_000, interruptSignal());
      const subjects = (flags.id ?? []).map((asked) => ({ asked, subject: parseAsked(asked) ?? unknownId(asked) }));
      const index = await imageCoverage(name, { ...(flags.partition === undefined ? {} : { partition: Number(flags.partition) }), fresh: flags.fresh ?? false, now: new Date(), deadline, progress: say });
      const lookup = new CoverageLookup(index);
      const answers: readonly CoverageAnswer[] = subjects.map(({ asked, subject }) => lookup.answer(asked, subject));
      if (flags.json) process.stdout.write(`${JSON.stringify({ image: name, sha256: index.sha256, kernel: index.kernel, system: index.system, readAt: index.readAt, notes: index.notes, answers }, null, 2)}\n`);
      else process.stdout.write(`${[...summaryLines(name, index), ...answers.flatMap((answer) => ['', ...answerLines(answer)])].join('\n')}\n`);
      if (answers.some(({ verdict }) => verdict !== 'driver')) process.exitCode = 1;
    });
}

function unknownId(asked: string): never {
  throw new HwlabError({ code: 'id-unknown', blame: 'usage', message: `"${asked.slice(0, 80)}" is no id`, advice: 'give 04a9:2206, pci:8086:1234, a line of lsusb, a modalias, or an IEEE 1284 id with MFG and MDL' });
}
