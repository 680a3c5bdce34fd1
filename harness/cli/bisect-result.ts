import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { takeFileLock } from '../base/file-lock.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { detectAccelerator } from '../drivers/kvm-probe.ts';
import { listImageIds } from '../images/catalogue.ts';
import { imagesFolder, readManifest } from '../images/image-store.ts';
import { openImage } from '../images/open-image.ts';
import { deriveImage } from '../machines/derive-image.ts';
import { makeWorkFolder } from '../machines/machine-folders.ts';
import { loadMachineProfile, machineProfileFile } from '../machines/machine-profile.ts';
import { bootLimits } from '../machines/vm-machine.ts';
import { bisect, passesNeeded, type BelowImages } from '../repro/bisect/bisect.ts';
import type { Subject } from '../repro/bisect/experiment.ts';
import { GuestExperiment } from '../repro/bisect/guest-experiment.ts';
import { datedImages, imagesBetween, type DatedImage } from '../repro/bisect/images-between.ts';
import { installableKernels, kernelSubjects, type KernelBenchOptions } from '../repro/bisect/kernel-bench.ts';
import { PackageBench, readDifference } from '../repro/bisect/package-bench.ts';
import { searchCost } from '../repro/bisect/search-cost.ts';
import type { SearchOptions } from '../repro/bisect/search.ts';
import { TrialJournal } from '../repro/bisect/trial-journal.ts';
import type { FoundResult } from '../repro/find-result.ts';
import { isFailure } from '../repro/judge-repro.ts';
import { askedTests, passesBefore } from '../repro/last-good.ts';
import { cellAgain } from '../repro/plan-repro.ts';
import { reproFolder } from '../repro/run-again.ts';
import { loadCatalogue } from '../run/catalogue.ts';
import { exitCodes } from '../run/exit-code.ts';
import { realLab } from '../run/real-lab.ts';
import { consentOf } from '../setup/consent.ts';
import { againEvents } from './again-events.ts';
import { answerLines, costLines, trialLine, type BisectCost } from './bisect-text.ts';
import { ensureCellPackages } from './cell-packages.ts';
import { nightSettings, type NightOptions } from './night-options.ts';

export interface BisectFlags extends NightOptions {
  readonly good?: string;
  readonly bad?: string;
  readonly images?: readonly string[];
  readonly only?: 'images' | 'packages' | 'kernels';
  readonly debs?: string;
  readonly reboot?: boolean;
  readonly rate?: number;
  readonly confidence: number;
  readonly any?: boolean;
  readonly fresh?: boolean;
  readonly minutes: number;
  readonly dryRun?: boolean;
}

/** Prints the cost, searches, prints the answer. Returns the exit code. */
export async function bisectResult({ result: was, test, database }: FoundResult, flags: BisectFlags): Promise<number> {
  const settings = nightSettings(flags);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  if (was.reason === undefined && !was.tests.some(isFailure)) throw new HwlabError({ code: 'nothing-to-bisect', blame: 'usage', message: `${was.id} has no failure to look for` });
  if (flags.debs !== undefined && !existsSync(flags.debs)) throw new HwlabError({ code: 'no-such-file', blame: 'usage', message: `--debs ${flags.debs}: there is no such folder` });
  const passes = database === undefined ? [] : await passesBefore(database, was, test);
  const stored = await datedImages();
  const bad = flags.bad ?? stored.find(({ sha256 }) => sha256 === was.environment.imageSha256)?.id ?? gone(was.cell.image, 'bad');
  const good = flags.good ?? goodImage(stored, passes.map(({ environment }) => environment.imageSha256)) ?? gone('', 'good');
  const between = imagesBetween(stored, good, bad, flags.images);
  const images = flags.only === 'packages' || flags.only === 'kernels' ? [between[0], between.at(-1)].filter((each) => each !== undefined) : between;
  const hashOf = (id: string): string | undefined => stored.find((each) => each.id === id)?.sha256;
  const known = { bad: hashOf(bad) === was.environment.imageSha256 && flags.rate === undefined, good: passes.some(({ environment }) => environment.imageSha256 === hashOf(good)) };
  const options: SearchOptions = { rate: flags.rate ?? rateOfAttempts(was.tests.filter(({ id }) => askedTests(was, test).includes(id)).flatMap(({ attempts }) => attempts.map(({ outcome }) => outcome === 'FAIL'))), confidence: flags.confidence };

  const { events, signal } = againEvents();
  const deadline = Deadline.after(7 * 24 * 3600_000, signal);
  const below = flags.only !== 'images' && flags.only !== 'kernels' ? await readDifference(good, bad, deadline).catch(onlyImages(say)) : undefined;
  const kernels = flags.only === 'images' || flags.only === 'packages' ? [] : await installableKernels(good, bad, deadline).catch(onlyImages(say)) ?? [];
  const cost: BisectCost = { kernels: Math.max(0, kernels.length - 1), images: images.length - 1, ends: (known.good ? 0 : passesNeeded(options)) + (known.bad ? 0 : passesNeeded(options)), packages: below?.groups.length ?? 0, changes: below?.groups.flat().length ?? 0, options, runSeconds: (was.timings['total'] ?? 60_000) / 1000 / Math.max(1, was.tests.at(0)?.attempts.length ?? 1) };
  say(costLines(was, good, bad, cost).join('\n'));
  if (flags.dryRun) {
    if (settings.json) process.stdout.write(`${JSON.stringify({ good, bad, images: images.map(({ image }) => image), packages: below?.groups.map((group) => group.map(({ key }) => key)) ?? [], kernels: kernels.map(({ image, package: it }) => `${it.version} of ${image}`), runs: { images: searchCost(cost.images, options), packages: searchCost(cost.packages, options), kernels: searchCost(cost.kernels, options), ends: cost.ends } }, null, 2)}\n`);
    return exitCodes.ok;
  }

  await ensureCellPackages(images.map(({ image }) => ({ id: { ...was.cell, image } })), [], { ...consentOf({ yes: settings.yes }), deadline, progress: say });
  const lab = await realLab(deadline, { kernelParameters: was.manifest?.kernelParameters ?? [] });
  const folder = reproFolder(settings.reports);
  const guests = new GuestExperiment({
    was,
    ...(test ? { test } : {}),
    any: flags.any ?? false,
    // Images are made on the way.
    cellOn: async (image) => await cellAgain(was, { image, kernelParameters: [] }, test, await loadCatalogue(await listImageIds())),
    folder,
    lab,
    events,
    signal,
    limit: flags.minutes * 60_000 * (lab.accelerator === 'kvm' ? 1 : 4),
    deadline,
    progress: (step) => void events.emit('preparing', { step }),
    ...(was.manifest?.kernelParameters ? { kernelParameters: was.manifest.kernelParameters } : {}),
  });
  const suite = (await loadCatalogue(await listImageIds())).suites.get(was.cell.suite)?.revision;
  const asked = `${was.id}${test ? `#${test.id}` : ''}, ${good} to ${bad}`;
  const id = createHash('sha256').update(JSON.stringify([asked, images.map(({ key }) => key), flags.only, flags.reboot, flags.any, options, suite])).digest('hex').slice(0, 12);
  await mkdir(join(folder, 'bisect'), { recursive: true });
  await using _one = await takeFileLock(join(folder, 'bisect', `${id}.lock`), 'makes the same bisection', deadline, (owner) => say(`waiting for ${owner}; what it finds out is not run again`));
  const journal = await TrialJournal.open(join(folder, 'bisect', `${id}.json`), { id, asked }, guests, flags.fresh);
  const work = await makeWorkFolder('packages');
  try {
    const answer = await bisect(
      {
        images,
        known,
        options,
        ...(flags.only === 'images' || (below === undefined && flags.only !== 'kernels') ? {} : { below: async (one: Subject, two: Subject) => await open(one, two, flags, { folder: work, deadline, progress: say, derive: async (id, base, install) => await deriveStored(id, base, install, was.cell.machine, deadline, say) }) }),
      },
      journal,
      { part: (what, changes) => say(`${what}: the first bad of ${changes}`), trial: (subject, trial) => say(trialLine(subject, trial)) },
    );
    await journal.answer(answer);
    process.stdout.write(settings.json ? `${JSON.stringify({ id, good, bad, repeats: was.id, ...answer, stored: journal.stored, journal: journal.file }, null, 2)}\n` : `${answerLines(answer, options, journal).join('\n')}\n`);
    return answer.kind === 'none' ? nothingFound : exitCodes.ok;
  } finally {
    await rm(work, { recursive: true, force: true });
    await lab.idle?.();
  }
}

/** Exit code of its own, as for `repro`: a script asks whether it was found. */
const nothingFound = 4;

async function open(good: Subject, bad: Subject, flags: BisectFlags, options: KernelBenchOptions): Promise<BelowImages> {
  const difference = await readDifference(good.image, bad.image, options.deadline);
  const bench = await PackageBench.open(good, bad, flags.only === 'kernels' ? { ...difference, groups: [] } : difference, { ...options, ...(flags.debs === undefined ? {} : { debs: resolve(flags.debs) }), reboot: flags.reboot ?? false });
  const kernels = flags.only === 'packages' ? [] : await installableKernels(good.image, bad.image, options.deadline);
  return { steps: bench.steps, subject: (steps) => bench.subject(steps), kernels: kernelSubjects(good, kernels, options) };
}

/** Keeps an image for as long as its packages are asked about; it boots on the machine of the result where that is a virtual one. */
async function deriveStored(id: string, base: string, install: readonly string[], machine: string, deadline: Deadline, progress: (line: string) => void): Promise<void> {
  // A build removes the drafts that it finds, and another bisection may want the same image.
  await using _lock = await takeFileLock(join(imagesFolder(), 'build.lock'), `derives the image ${id}`, deadline, (owner) => progress(`waiting for ${owner}`));
  if (await readManifest(id).catch(() => undefined)) return;
  const { accelerator } = await detectAccelerator(deadline);
  const profile = await loadMachineProfile(existsSync(machineProfileFile(machine)) ? machine : 'vm-basic');
  await deriveImage({ image: await openImage(base, deadline), profile, accelerator, bootLimit: bootLimits[accelerator] }, { id, packages: { install, remove: [] } }, deadline, progress);
}

function goodImage(stored: readonly DatedImage[], hashes: readonly string[]): string | undefined {
  return hashes.map((hash) => stored.find(({ sha256 }) => sha256 === hash)?.id).find((id) => id !== undefined);
}

/** Of the attempts of one result; all failed is 1. */
function rateOfAttempts(failed: readonly boolean[]): number {
  const hits = failed.filter(Boolean).length;
  return hits === failed.length || hits === 0 ? 1 : hits / failed.length;
}

function onlyImages(say: (line: string) => void): (error: unknown) => undefined {
  return (error) => {
    if (!(error instanceof HwlabError) || error.blame !== 'usage') throw error;
    say(`only the images can be told apart: ${error.message}`);
    return undefined;
  };
}

function gone(image: string, end: 'good' | 'bad'): never {
  throw new HwlabError({
    code: end === 'bad' ? 'image-gone' : 'no-good-image',
    blame: 'usage',
    message: end === 'bad' ? `the image of the result, ${image}, is gone` : 'no stored image is known on which this passed',
    advice: `name one: --${end} IMAGE (./hwlab image list)`,
  });
}
