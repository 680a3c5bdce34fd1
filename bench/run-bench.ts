import { cpus, totalmem } from 'node:os';
import { Deadline } from '../harness/base/deadline.ts';
import { HwlabError } from '../harness/base/hwlab-error.ts';
import { detectAccelerator } from '../harness/drivers/kvm-probe.ts';
import { buildImage } from '../harness/images/build-image.ts';
import { openImage } from '../harness/images/open-image.ts';
import { loadMachineProfile } from '../harness/machines/machine-profile.ts';
import { missingRequirements } from '../harness/setup/host-requirements.ts';
import type { BenchParts } from './bench-parts.ts';
import { measureLookup } from './lookup/measure-lookup.ts';
import { lookupGoalsReached, lookupLines } from './lookup/print-lookup.ts';
import { measureBisect } from './measure-bisect.ts';
import { measureBoot } from './measure-boot.ts';
import { measureCells, measureShortCell, measureTouch } from './measure-cells.ts';
import { measureCoverage } from './measure-coverage.ts';
import { measureLab } from './measure-lab.ts';
import { measureMetal } from './measure-metal.ts';
import { measureReplay } from './measure-replay.ts';
import { measureRepro } from './measure-repro.ts';
import { measureThroughput } from './measure-throughput.ts';
import { formatFigures, ratioOf, reached, type Figure } from './print-figures.ts';

export interface BenchOptions {
  readonly only?: readonly string[];
  readonly image: string;
  readonly json: boolean;
}

const names = ['boot', 'throughput', 'touch', 'short-cell', 'repro', 'replay', 'cells', 'coverage', 'bisect', 'lab', 'metal', 'lookup'] as const;
/** Measured without the image and the virtual machine of the others. */
const guestless: readonly string[] = ['bisect', 'lab', 'metal', 'lookup'];
/** Takes gigabytes, so it is only measured when it is asked for. */
const onlyNamed = 'lookup';
const limitMinutes = 40;

/** The look-up on generated databases. */
async function benchLookup(json: boolean): Promise<number> {
  const sizes = (process.env['HWLAB_BENCH_MODELS'] ?? '1000,10000,100000').split(',').map(Number);
  const figures = await measureLookup(sizes, (line) => void process.stderr.write(`${line}\n`));
  process.stdout.write(json ? `${JSON.stringify({ figures }, null, 2)}\n` : `\n${lookupLines(figures).join('\n')}\n`);
  return lookupGoalsReached(figures) ? 0 : 1;
}

/** Measures, prints, and returns the exit code: 1 when a goal was missed. */
export async function runBench(options: BenchOptions): Promise<number> {
  const unknown = options.only?.filter((name) => !names.includes(name as (typeof names)[number])) ?? [];
  if (unknown.length > 0) throw new HwlabError({ code: 'unknown-measurement', blame: 'usage', message: `there is no measurement "${unknown.join('", "')}"; there are ${names.join(', ')}` });
  const wanted = new Set<string>(options.only ?? names.filter((name) => name !== onlyNamed));
  if ([...wanted].every((name) => name === onlyNamed)) return await benchLookup(options.json);
  const deadline = Deadline.after(limitMinutes * 60_000);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const { accelerator } = await detectAccelerator(deadline);
  const { figures, lines } = [...wanted].some((name) => !guestless.includes(name)) ? await measureGuests(options.image, wanted, accelerator, deadline, say) : { figures: [], lines: [] };
  if (wanted.has('bisect')) figures.push(...(await measureBisect()));
  const lacks = missingRequirements(['metal', 'metal-test']).map(({ package: name }) => name);
  const bench = lacks.length === 0 ? wanted : new Set<string>();
  if (bench.has('lab')) figures.push(...(await measureLab(say)));
  if (bench.has('metal')) lines.push(...(await measureMetal(say)));
  if (bench !== wanted && (wanted.has('lab') || wanted.has('metal'))) lines.push(`lab, metal: not measured, this host has no ${lacks.join(', ')}; ./hwlab doctor --fix installs them`);
  const host = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${accelerator === 'kvm' ? 'hardware virtualisation' : 'software emulation'}`;
  if (options.json) process.stdout.write(`${JSON.stringify({ host, figures: figures.map((figure) => ({ ...figure, ratio: ratioOf(figure), reached: reached(figure) })), lines }, null, 2)}\n`);
  else process.stdout.write(`\n${host}; medians of this one run\n\n${figures.length > 0 ? `${formatFigures(figures)}\n` : ''}${lines.map((line) => `${line}\n`).join('')}`);
  return figures.every(reached) ? 0 : 1;
}

/** What is measured in virtual machines of one image. */
async function measureGuests(image: string, wanted: ReadonlySet<string>, accelerator: BenchParts['accelerator'], deadline: Deadline, say: BenchParts['say']): Promise<{ readonly figures: Figure[]; readonly lines: string[] }> {
  await buildImage(image, { deadline, progress: say });
  const parts: BenchParts = { image: await openImage(image, deadline), profile: await loadMachineProfile('vm-basic'), accelerator, deadline, say };

  const figures: Figure[] = [];
  const lines: string[] = [];
  if (wanted.has('boot')) figures.push(...(await measureBoot(parts)));
  if (wanted.has('throughput')) figures.push(...(await measureThroughput(parts)));
  if (wanted.has('touch')) lines.push(...(await measureTouch(parts)));
  if (wanted.has('short-cell')) figures.push(...(await measureShortCell(parts)));
  if (wanted.has('repro')) figures.push(...(await measureRepro(parts)));
  if (wanted.has('replay')) figures.push(...(await measureReplay(parts)));
  if (wanted.has('cells')) {
    const cells = await measureCells(parts);
    figures.push(...cells.figures);
    lines.push(...cells.lines);
  }
  if (wanted.has('coverage')) {
    const coverage = await measureCoverage(parts);
    figures.push(...coverage.figures);
    lines.push(...coverage.lines);
  }
  return { figures, lines };
}
