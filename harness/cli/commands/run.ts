import { Option, type Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import { parseDeviceWord } from '../../db/cell-device.ts';
import type { RedirEndpoint } from '../../emulation/redirected/redirected-device.ts';
import { listImageIds } from '../../images/catalogue.ts';
import { bundledCassette } from '../../repro/bundle/bundled-cassette.ts';
import { openBundle } from '../../repro/bundle/open-bundle.ts';
import { findTest } from '../../repro/find-result.ts';
import { parseOverrides } from '../../repro/overrides.ts';
import { reproFolder } from '../../repro/run-again.ts';
import { loadCatalogue } from '../../run/catalogue.ts';
import type { Cell } from '../../run/cell.ts';
import { applyNegativeControl, findNegativeControl, survivors } from '../../run/negative-control.ts';
import { makeCell, suitesOf } from '../../run/plan.ts';
import { labelOf } from '../../run/plan-file.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { ResultStore } from '../../db/result-store.ts';
import { holdOf, withHoldOptions, type HoldFlags } from '../hold-options.ts';
import { redirEndpoint } from '../redir-endpoint.ts';
import { catalogueToPlay, playedCassette, playing, runPlayed } from '../play-cassette.ts';
import { nightSettings, withNightOptions, type NightOptions } from '../night-options.ts';
import { reproduce } from '../reproduce.ts';
import { runAndReport } from '../run-and-report.ts';
import { withUnit } from '../with-unit.ts';

interface RunOptions extends NightOptions, HoldFlags {
  readonly image: string;
  readonly machine: string;
  readonly device?: string;
  readonly trustSuite?: boolean;
  readonly replay?: boolean;
  readonly record?: boolean;
  readonly cassette?: string;
  readonly lenient?: boolean;
  readonly newEpisodes?: boolean;
  readonly from?: RedirEndpoint;
  readonly unit?: string;
  readonly lab?: string;
  readonly keepContents?: boolean;
  readonly suite?: string;
  readonly test?: string;
  readonly control?: string;
  readonly transport: string;
}

/** `hwlab run`: one cell, or the cells of one device. */
export function registerRunCommand(program: Command): void {
  const command = program
    .command('run')
    .description('run one cell: one image, one device, one suite')
    .option('--image <id>', 'the OS image', 'debian-12')
    .option('--machine <id>', 'the machine profile', 'vm-basic')
    .argument('[bundle]', 'a file that ./hwlab bundle made, to run instead')
    .argument('[overrides...]', 'with a bundle: KEY=value, as of ./hwlab repro')
    .option('--device <model>', 'the emulated model (./hwlab model list), with quirks of real devices as MODEL+PERSONALITY (./hwlab personality list)')
    .option('--suite <name>', 'the suite; all that the model names when left out')
    .option('--test <text>', 'only tests whose title or feature contains this')
    .option('--control <id>', 'with the deliberate break of this negative control, for which the suite must fail; nothing is recorded')
    .option('--trust-suite', "with a bundle: run its suite's code on this host instead of this checkout's")
    .option('--replay', 'with a bundle: play the cassette in it instead of the emulated device')
    .option('--record', 'keep what crosses the cable as a cassette (./hwlab cassette --help)')
    .option('--cassette <file>', 'play this cassette instead of a device; it names the model, and the result goes to reports/repro')
    .option('--from <host:port>', 'the device is there, behind usbredir (usbredirect --as, ./hwlab model serve), and --device says which model it is; the result goes to reports/repro', redirEndpoint)
    .option('--unit <id>', 'the device is this unit of the lab file, whichever station it hangs on: leased, and fetched by usbredirect; as --from')
    .option('--lab <file>', 'lab file, for --unit')
    .option('--keep-contents', 'with --record and --from: leave what is printed, and names of hosts and users, readable in the cassette')
    .option('--lenient', 'with --cassette: another driver version may ask otherwise; go on after a difference')
    .option('--new-episodes', 'with --cassette: what is not on it is answered by the emulated original, and the cell keeps a cassette that has it too')
    .addOption(new Option('--transport <name>', 'how the emulated USB device reaches the guest').choices(['usb-redir', 'usbip']).default('usb-redir'));
  withHoldOptions(withNightOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  ./hwlab run --image debian-12 --device arduino-uno-r3 --suite robotics
  ./hwlab run --device arduino-uno-r3 --suite robotics --test avrdude
  ./hwlab run --device kyocera-ecosys-m2040dn+mfp-slow-first-answer --suite scanners
  ./hwlab run --device arduino-uno-r3 --suite robotics --transport usbip
  ./hwlab run --device arduino-uno-r3 --suite robotics --control silent-boot-loader
  ./hwlab run --device arduino-uno-r3 --suite robotics --test avrdude --hold fail
  ./hwlab run bug-1234.hwlab.tgz
  ./hwlab run bug-1234.hwlab.tgz --replay
  HWLAB_IMAGES=/mnt/lab/images ./hwlab run bug-1234.hwlab.tgz
  ./hwlab run bug-1234.hwlab.tgz image=debian-12
  ./hwlab run --device arduino-uno-r3 --suite robotics --record
  ./hwlab run --cassette unit.cassette --suite robotics --image debian-13
  ./hwlab run --device arduino-uno-r3 --from 127.0.0.1:42100 --suite robotics --record
  ./hwlab run --unit uno-1 --suite robotics

With --hold the machine is kept for you (./hwlab hold list), and the result goes to reports/repro, as people touched it.

Exit codes: 0 pass, 1 product failures, 2 wrong usage or data, 3 the lab's fault, 70 a defect of hwlab, 130 interrupted.
With a bundle: those of ./hwlab repro; its image is looked for in the cache, then where images are shared (HWLAB_IMAGES), and said to be gone before anything starts. With --control: 0 when every feature that must fail failed, 1 when one did not.
With --cassette: 0 when the tests pass and the driver said what it said when it was recorded, 1 when a test failed or the driver diverged.`,
    )
    .action(async (file: string | undefined, overrides: readonly string[], options: RunOptions) => {
      if (file !== undefined) process.exitCode = await runBundle(file, overrides, options);
      else if (options.unit === undefined) process.exitCode = await runDevice(options);
      else process.exitCode = await withUnit(options.unit, options, async (from, device) => runDevice({ ...options, from, device }));
    });
}

/** The cells of one device. */
async function runDevice(options: RunOptions): Promise<number> {
  if (options.control !== undefined && options.test !== undefined) {
    throw new HwlabError({ code: 'options-contradict', blame: 'usage', message: '--control runs the tests that must fail for it, so it does not go with --test' });
  }
  if (options.from && (options.cassette !== undefined || options.control !== undefined || options.transport === 'usbip')) {
    throw new HwlabError({ code: 'options-contradict', blame: 'usage', message: '--from and --unit take a device that is elsewhere, and do not go with --cassette, --control or --transport usbip' });
  }
  const played = await playedCassette(options);
  const known = await loadCatalogue(await listImageIds());
  const catalogue = played ? catalogueToPlay(played, known) : known;
  const word = played?.device ?? options.device ?? '';
  const device = parseDeviceWord(word);
  catalogue.device(device);
  const suites = options.suite === undefined ? suitesOf(device, catalogue) : [options.suite];
  if (suites.length === 0) {
    throw new HwlabError({ code: 'no-suite', blame: 'usage', message: `the personalities of ${word} concern none of the suites that the model names`, advice: 'name one with --suite' });
  }
  const cells = suites.map((suite, index): Cell => {
    const cell = makeCell({ image: options.image, machine: options.machine, ...device, suite, ...(options.transport === 'usbip' ? { transport: 'usbip' } : {}) }, index + 1, catalogue);
    return { ...cell, ...(options.test === undefined ? {} : { grep: options.test }), ...(options.record ? { tape: { record: true as const } } : {}), ...(played ? playing(cell, played, options.newEpisodes ? 'new-episodes' : options.lenient ? 'lenient' : 'strict') : {}), ...(options.from ? { from: { endpoint: options.from, keepContents: options.keepContents ?? false }, once: true, id: { ...cell.id, attachment: 'redirected' as const } } : {}) };
  });
  const hold = holdOf(options);
  const settings = nightSettings(options);
  // What a person did to a machine, or a unit that nobody vouches for, must not become a verdict.
  const place = hold || played || options.from ? { database: reproFolder(settings.reports), reports: reproFolder(settings.reports), ...(hold ? { hold } : {}) } : {};
  const common = { plan: labelOf('run', cells.map((cell) => cell.id.id).join('\n')), deadlineMinutes: 8, ...settings, ...place };
  if (played) return runPlayed({ ...common, cells });
  return options.control === undefined ? runAndReport({ ...common, cells }) : runControl(options.control, cells, common);
}

/** A bundle in this checkout: the same question as `repro`, with its model. */
async function runBundle(file: string, words: readonly string[], options: RunOptions): Promise<number> {
  const overrides = parseOverrides(words);
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-bundle-'));
  try {
    const opened = await openBundle(file, folder);
    const { bundle } = opened;
    process.stderr.write(`${file}: made ${bundle.madeAt.slice(0, 10)} by ${bundle.madeBy}\n${(bundle.differs ?? []).map((what) => `  when it was made, ${what}\n`).join('')}`);
    const test = options.test === undefined ? undefined : findTest(bundle.result, options.test);
    const played = options.replay ? await playedCassette({ cassette: bundledCassette(opened, file) }) : undefined;
    return await reproduce({ ...(played ? { played } : {}), result: bundle.result, ...(test ? { test } : {}), overrides, flags: { ...options, repeat: 1 }, bundle: { ...opened, trustSuite: options.trustSuite ?? false } });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the cells with a negative control's break against a database of their own, and judges whether the suite noticed. */
async function runControl(id: string, cells: readonly Cell[], common: Omit<Parameters<typeof runAndReport>[0], 'cells'>): Promise<number> {
  const database = await mkdtemp(join(tmpdir(), 'hwlab-control-'));
  try {
    let unnoticed = false;
    for (const cell of cells) {
      const control = await findNegativeControl(cell.id.suite, id);
      const code = await runAndReport({ ...common, cells: [applyNegativeControl(cell, control)], database });
      if (code !== exitCodes.ok && code !== exitCodes.product) return code;
      for await (const result of ResultStore.open(database).results({ suite: cell.id.suite }, () => undefined)) {
        const alive = survivors(control, result);
        unnoticed ||= alive.length > 0;
        const said = alive.length === 0 ? `the suite noticed: ${control.mustFail.join(', ')} failed, as they must` : `the suite did NOT notice: ${alive.join(', ')} did not fail`;
        process.stderr.write(`negative control ${id}: ${said}\n`);
      }
    }
    return unnoticed ? exitCodes.product : exitCodes.ok;
  } finally {
    await rm(database, { recursive: true, force: true });
  }
}
