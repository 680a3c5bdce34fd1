import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { Result } from '../../db/generated/result.ts';
import { ResultStore } from '../../db/result-store.ts';
import { listImageIds } from '../../images/catalogue.ts';
import { readImageParts } from '../../images/image-parts.ts';
import { openImage } from '../../images/open-image.ts';
import { alignWire } from '../../repro/diff/align-wire.ts';
import { diffFacts } from '../../repro/diff/diff-facts.ts';
import { diffLogs } from '../../repro/diff/diff-log.ts';
import { diffResults, diffTests } from '../../repro/diff/diff-results.ts';
import { artefactText, wireEvents } from '../../repro/diff/evidence-of.ts';
import { findResult } from '../../repro/find-result.ts';
import { resultFolder } from '../../repro/result-folder.ts';
import { reproFolder } from '../../repro/run-again.ts';
import { factLine, logLine, measureLines, partLines, testLine, wireLines } from '../diff-text.ts';
import { interruptSignal } from '../interrupt.ts';
import { nightSettings, withNightOptions, type NightOptions } from '../night-options.ts';

interface DiffFlags extends NightOptions {
  readonly all?: boolean;
}

type Answer = { readonly json: object; readonly lines: readonly string[]; readonly differs: boolean };

/** `hwlab diff A B`: two results, two nights or two images. */
export function registerDiffCommand(program: Command): void {
  const command = program
    .command('diff')
    .description('what differs between two results, nights or images; short, and all with --all')
    .argument('<a>', 'a result (NIGHT-NNN, NIGHT-NNN#TEST), a night, or an image')
    .argument('<b>', 'another of the same kind')
    .option('--all', 'everything, not only the first of each kind');
  withNightOptions(command)
    .addHelpText('after', '\nResults: where they ran, packages, tests, measurements, kernel log without times and numbers, and the wire request by request.\nImages: packages, units, udev rules, modules, kernel configuration, read from the disks. What they drive: ./hwlab image diff.\n\nExamples:\n  ./hwlab diff 20261122-031500-k3xq-007 20261123-031500-ab2d-007\n  ./hwlab diff 20261122-031500-k3xq 20261123-031500-ab2d\n  ./hwlab diff debian-12 debian-13 --all\n\nExit codes: 0 nothing differs, 1 something does, 2 there is no such result, night or image.')
    .action(async (a: string, b: string, flags: DiffFlags) => {
      const settings = nightSettings(flags);
      const places = [settings.database, reproFolder(settings.reports)];
      const [first, second] = [await kindOf(a, places), await kindOf(b, places)];
      if (first !== second) throw new HwlabError({ code: 'kinds-differ', blame: 'usage', message: `${a} is a ${first} and ${b} is a ${second}`, advice: 'compare two of a kind' });
      const all = flags.all ?? false;
      const answer = first === 'image' ? await imagesDiff(a, b, all) : first === 'night' ? await nightsDiff(a, b, places, all) : await resultsDiff(a, b, places, settings.reports, all);
      process.stdout.write(settings.json ? `${JSON.stringify(answer.json, null, 2)}\n` : `${[...answer.lines, ...(answer.differs ? [] : ['nothing differs'])].join('\n')}\n`);
      process.exitCode = answer.differs ? 1 : 0;
    });
}

async function kindOf(name: string, databases: readonly string[]): Promise<'image' | 'night' | 'result'> {
  if ((await listImageIds()).includes(name)) return 'image';
  for (const database of databases) if ((await ResultStore.open(database).nights()).includes(name)) return 'night';
  return 'result';
}

async function resultsDiff(a: string, b: string, databases: readonly string[], reports: string, all: boolean): Promise<Answer> {
  const [first, second] = [await findResult(a, databases), await findResult(b, databases)];
  const { environment, packages, tests, measures } = diffResults(first.result, second.result);
  const places = [reports, reproFolder(reports)];
  const [folderA, folderB] = [await resultFolder(first, places), await resultFolder(second, places)];
  const text = async (name: string): Promise<readonly [string, string]> => [await artefactText(first.result, folderA, name, first.test?.id), await artefactText(second.result, folderB, name, second.test?.id)];
  const [logA, logB] = await text('kernel-log');
  const log = logA === '' || logB === '' ? [] : diffLogs(logA, logB);
  const [wireA, wireB] = (await text('wire-trace')).map(wireEvents);
  const wire = alignWire(wireA ?? [], wireB ?? []);
  const compared = (wireA?.length ?? 0) > 0 && (wireB?.length ?? 0) > 0;
  const wires = compared ? wireLines(wire, all) : [];
  const lines = [
    `${first.result.id} ${first.result.outcome} / ${second.result.id} ${second.result.outcome}`,
    ...partLines('tests', tests.map(testLine), all),
    ...partLines('where it ran', environment.map(factLine), all),
    ...partLines('packages', packages.map(factLine), all),
    ...partLines('kernel log, kinds of lines', log.map(logLine), all),
    ...(logA === '' || logB === '' ? ['', 'kernel log: only kept for tests that failed on both sides'] : []),
    ...(wires.length > 0 ? ['', 'on the wire', ...wires.map((line) => `  ${line}`)] : []),
    ...(compared ? [] : ['', 'wire: the traces are not there on both sides']),
    ...partLines('measurements', measureLines(measures, all), all),
  ];
  const differs = tests.length + environment.length + packages.length > 0 || wires.length > 0 || log.length > 0;
  return { json: { kind: 'result', a: first.result.id, b: second.result.id, tests, environment, packages, kernelLog: log, measures, ...(compared ? { wire: { divergesAt: wire.divergesAt ?? null, cut: wire.cut, steps: all ? wire.steps : wire.steps.filter(({ kind }) => kind !== 'same').slice(0, 100) } } : {}) }, lines, differs };
}

async function nightsDiff(a: string, b: string, databases: readonly string[], all: boolean): Promise<Answer> {
  const [first, second] = [await resultsOf(a, databases), await resultsOf(b, databases)];
  const cells = [...new Set([...first.keys(), ...second.keys()])].sort();
  const changes = cells.map((cell) => ({ cell, was: first.get(cell), is: second.get(cell) }));
  const tests = changes.flatMap(({ cell, was, is }) => (was && is ? diffTests(was.tests, is.tests).map((change) => ({ cell, ...change })) : []));
  const only = changes.flatMap(({ cell, was, is }) => (was && is ? [] : [`${was ? '-' : '+'} ${cell} ${(was ?? is)?.outcome ?? ''}`]));
  const packages = [...new Set([...first.values(), ...second.values()].map(({ cell }) => cell.image))].sort().flatMap((image) => {
    const of = (results: ReadonlyMap<string, Result>): Readonly<Record<string, string>> => [...results.values()].find(({ cell }) => cell.image === image)?.environment.packages ?? {};
    return diffFacts(of(first), of(second)).map((change) => ({ ...change, name: `${image}: ${change.name}` }));
  });
  const lines = [`${a}: ${first.size} cells / ${b}: ${second.size} cells`, ...partLines('tests', tests.map((change) => `${change.cell}\n    ${testLine(change)}`), all), ...partLines('cells on one side only', only, all), ...partLines('packages', packages.map(factLine), all)];
  return { json: { kind: 'night', a, b, tests, cells: only, packages }, lines, differs: tests.length + only.length + packages.length > 0 };
}

async function imagesDiff(a: string, b: string, all: boolean): Promise<Answer> {
  const deadline = Deadline.after(10 * 60_000, interruptSignal());
  const parts = async (id: string): Promise<ReturnType<typeof readImageParts>> => readImageParts((await openImage(id, deadline)).disk, deadline);
  const [first, second] = [await parts(a), await parts(b)];
  const compared = (['packages', 'services', 'udevRules', 'modules', 'kernelConfiguration'] as const).map((name) => ({ name, changes: diffFacts(first[name], second[name]) }));
  const headings = { packages: 'packages', services: 'units', udevRules: 'udev rules', modules: 'modules', kernelConfiguration: 'kernel configuration' } as const;
  const lines = [`${a}: ${first.system}, ${first.kernels.at(-1) ?? 'no kernel'} / ${b}: ${second.system}, ${second.kernels.at(-1) ?? 'no kernel'}`, ...compared.flatMap(({ name, changes }) => partLines(headings[name], changes.map(factLine), all)), '', `what they drive: ./hwlab image diff ${a} ${b}`];
  return { json: { kind: 'image', a, b, ...Object.fromEntries(compared.map(({ name, changes }) => [name, changes])) }, lines, differs: compared.some(({ changes }) => changes.length > 0) };
}

async function resultsOf(night: string, databases: readonly string[]): Promise<ReadonlyMap<string, Result>> {
  const found = new Map<string, Result>();
  for (const database of databases) for await (const result of ResultStore.open(database).results({ night }, () => undefined)) found.set(result.cell.id, result);
  return found;
}

