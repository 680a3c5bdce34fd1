import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { projectRoot } from '../../base/places.ts';
import { parseDeviceWord } from '../../db/cell-device.ts';
import type { Result } from '../../db/generated/result.ts';
import { listImageIds } from '../../images/catalogue.ts';
import { isFailure, judgeRepro } from '../../repro/judge-repro.ts';
import { prepareAgain, reproFolder, runAgain } from '../../repro/run-again.ts';
import { nextSave } from '../../repro/watch-files.ts';
import { loadCatalogue } from '../../run/catalogue.ts';
import type { Cell } from '../../run/cell.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { makeCell, suitesOf } from '../../run/plan.ts';
import { realLab } from '../../run/real-lab.ts';
import { consentOf } from '../../setup/consent.ts';
import { ensureCellPackages } from '../cell-packages.ts';
import { againEvents } from '../again-events.ts';
import { holdOf, withHoldOptions, type HoldFlags } from '../hold-options.ts';
import { nightSettings, withNightOptions, type NightOptions } from '../night-options.ts';

interface TryFlags extends NightOptions, HoldFlags {
  readonly image: string;
  readonly machine: string;
  readonly device: string;
  readonly suite?: string;
  readonly test?: string;
  readonly watch?: boolean;
  readonly transport: string;
}

const limitMinutes = 8;
const watched = ['suites', 'fixtures', 'harness'].map((name) => join(projectRoot, name));

/** `hwlab try`: the short loop of somebody who writes a suite or a model. */
export function registerTryCommand(program: Command): void {
  const command = program
    .command('try')
    .description('edit a suite or a model, run one test on a pristine clone in seconds, again at every save with --watch')
    .option('--image <id>', 'the OS image', 'debian-12')
    .option('--machine <id>', 'the machine profile', 'vm-basic')
    .requiredOption('--device <model>', 'the emulated model, with quirks as MODEL+PERSONALITY')
    .option('--suite <name>', 'the suite; the first that the model names when left out')
    .option('--test <text>', 'only tests whose title or feature contains this')
    .option('--watch', 'again whenever a file of suites, fixtures or harness is saved, until Ctrl-C')
    .addOption(new Option('--transport <name>', 'how the emulated USB device reaches the guest').choices(['usb-redir', 'usbip']).default('usb-redir'));
  withHoldOptions(withNightOptions(command))
    .addHelpText('after', '\nResults are kept below reports/repro and never touch a verdict; nothing is tried twice.\n\nExamples:\n  ./hwlab try --device arduino-uno-r3 --test echo\n  ./hwlab try --device arduino-uno-r3 --test echo --watch\n  ./hwlab try --device hwlab-panel-65 --suite panels --test replug --hold fail\n\nExit codes, of the last run: 0 pass, 1 product failures, 2 wrong usage or data, 3 the lab\'s fault, 70 a defect of a test or of hwlab, 130 interrupted.')
    .action(async (flags: TryFlags) => {
      const settings = nightSettings(flags);
      const hold = holdOf(flags);
      const first = await cellOf(flags);
      const { events, signal } = againEvents();
      const deadline = Deadline.after(24 * 3600_000, signal);
      const progress = (step: string): void => void events.emit('preparing', { step });
      await ensureCellPackages([first], [], { ...consentOf({ yes: settings.yes }), deadline: Deadline.after(3600_000, signal), progress });
      const lab = await realLab(deadline);
      const prepared = await prepareAgain(lab, first, deadline, progress);
      const limit = limitMinutes * 60_000 * (lab.accelerator === 'kvm' ? 1 : 4);
      let before: Result | undefined;
      // Whatever ends the loop ends the watching.
      const over = new AbortController();
      using _watching = { [Symbol.dispose]: () => over.abort() };
      const ends = AbortSignal.any([signal, over.signal]);
      for (let cell: Cell | undefined = first; cell; ) {
        // What is saved while it runs counts, too.
        const saving = flags.watch ? nextSave(watched, ends) : undefined;
        saving?.catch(() => undefined);
        const started = performance.now();
        for await (const { result, folder } of runAgain(cell, 1, { folder: reproFolder(settings.reports), lab, ...prepared, events, signal, limit, ...(hold ? { hold } : {}) })) {
          const failed = result.tests.filter(isFailure).length;
          const said = result.reason ? `${result.outcome}: ${result.reason.message.split('\n')[0] ?? ''}` : `${result.outcome}: ${result.tests.length - failed} of ${result.tests.length} tests did not fail`;
          const since = before ? `; against the run before: ${judgeRepro(before, result).answer}` : '';
          if (settings.json) process.stdout.write(`${JSON.stringify({ result: result.id, outcome: result.outcome, tests: result.tests, folder, ...(result.reason ? { reason: result.reason } : {}) }, null, flags.watch ? undefined : 2)}\n`);
          else process.stdout.write(`${said}${since} (${((performance.now() - started) / 1000).toFixed(1)} s)\n  evidence  ${folder}\n  time line ./hwlab trace ${result.id}\n`);
          process.exitCode = codeOf(result);
          before = result;
        }
        cell = saving ? await cellAfterSave(flags, saving, ends) : undefined;
      }
    });
}

async function cellOf(flags: TryFlags): Promise<Cell> {
  const catalogue = await loadCatalogue(await listImageIds());
  const device = parseDeviceWord(flags.device);
  catalogue.device(device);
  const suite = flags.suite ?? suitesOf(device, catalogue)[0];
  if (suite === undefined) throw new HwlabError({ code: 'no-suite', blame: 'usage', message: `no suite that ${flags.device} names is concerned`, advice: 'name one with --suite' });
  const cell = makeCell({ image: flags.image, machine: flags.machine, ...device, suite, ...(flags.transport === 'usbip' ? { transport: 'usbip' } : {}) }, 1, catalogue);
  return flags.test === undefined ? cell : { ...cell, grep: flags.test };
}

/** The cell as the checkout has it after the next save; a file that is wrong is said, and the save after it waited for. */
async function cellAfterSave(flags: TryFlags, first: Promise<string | undefined>, signal: AbortSignal): Promise<Cell | undefined> {
  for (let saving = first; ; saving = nextSave(watched, signal)) {
    process.stderr.write('waiting for a save; Ctrl-C ends\n');
    const saved = await saving;
    if (saved === undefined) return undefined;
    process.stderr.write(`${saved} was saved\n`);
    try {
      return await cellOf(flags);
    } catch (error) {
      if (!(error instanceof HwlabError)) throw error;
      process.stderr.write(`hwlab: ${error.message}\n`);
    }
  }
}

function codeOf({ outcome, reason, tests }: Result): number {
  if (outcome === 'FAIL') return exitCodes.product;
  if (outcome === 'ERROR' || reason?.blame === 'harness') return exitCodes.internal;
  return outcome === 'MISS' && tests.every(({ outcome: each }) => each !== 'ERROR') ? exitCodes.lab : exitCodes.ok;
}
