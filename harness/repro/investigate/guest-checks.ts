import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { InvestigationCheck } from '../../db/generated/investigations.ts';
import type { Result, TestResult } from '../../db/generated/result.ts';
import { readManifest, storedIds } from '../../images/image-store.ts';
import type { MachineProfile } from '../../machines/machine.ts';
import { loadMachineProfile } from '../../machines/machine-profile.ts';
import type { Catalogue } from '../../run/catalogue.ts';
import type { Cell } from '../../run/cell.ts';
import { judgeRepro } from '../judge-repro.ts';
import { imageByHash } from '../image-by-hash.ts';
import { askedTests, passedIn, sameButImage } from '../last-good.ts';
import { cellAgain } from '../plan-repro.ts';
import { prepareAgain, runAgain, type AgainParts } from '../run-again.ts';
import type { Both } from './because.ts';
import type { Checks } from './investigate.ts';
import type { CheckKind } from './judge.ts';
import { withOldSuite } from './old-suite.ts';

export interface GuestChecksParts extends Omit<AgainParts, 'image' | 'machine' | 'repeats'> {
  readonly was: Result;
  readonly test?: TestResult;
  /** Results in which the same passed, the newest first. */
  readonly passes: readonly Result[];
  /** Results of the same night: what they show needs no run. */
  readonly night: readonly Result[];
  readonly catalogue: Catalogue;
  readonly deadline: Deadline;
  readonly progress: (step: string) => void;
}

type Answered = Omit<InvestigationCheck, 'check'>;

/**
 * Checks with the lab's machines, on pristine clones; and by results of the same night where one shows it already. The suite is that of the failing run: where the
 * checkout has another one by now, it comes out of git.
 */
export class GuestChecks implements Checks, AsyncDisposable {
  readonly #parts: GuestChecksParts;
  #then: Awaited<ReturnType<typeof withOldSuite>> | undefined;

  constructor(parts: GuestChecksParts) {
    this.#parts = parts;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#then?.[Symbol.asyncDispose]();
  }

  /** What can be run, with the suite of the failing run. @throws HwlabError usage `old-suite-gone` */
  async #catalogue(): Promise<Catalogue> {
    const { was, catalogue, deadline } = this.#parts;
    const { suiteRevision, harness } = was.environment;
    if (catalogue.suite(was.cell.suite).revision === suiteRevision) return catalogue;
    this.#then ??= await withOldSuite(catalogue, was.cell.suite, harness, suiteRevision, deadline, 'the failing run');
    return this.#then.catalogue;
  }

  async run(check: CheckKind): Promise<InvestigationCheck> {
    const { signal } = this.#parts;
    try {
      return { check, ...(await this.#answer(check)) };
    } catch (error) {
      if (signal.aborted) throw signal.reason as Error;
      if (!(error instanceof HwlabError) || error.blame === 'harness') throw error;
      return { check, on: 'not to be had', answer: error.blame === 'usage' ? 'not done' : 'no answer', why: error.message.slice(0, 500) };
    }
  }

  async #answer(check: CheckKind): Promise<Answered> {
    const { was, passes, test } = this.#parts;
    const catalogue = await this.#catalogue();
    const again = async (change: { readonly image?: string; readonly machine?: string }, from = catalogue): Promise<Cell> => await cellAgain(was, { image: await imageByHash(was), ...change, kernelParameters: [] }, test, from);
    switch (check) {
      case 'again': {
        const cell = await again({});
        const otherwise = notAsItWas(was, cell);
        return otherwise ? notDone(...otherwise) : await this.#run(was.cell.image, cell);
      }
      case 'last-good-image': {
        const shown = this.#shownTonight((other) => sameButImage(was, other) && other.environment.imageSha256 !== was.environment.imageSha256);
        if (shown) return { ...shown.answer, on: shown.result.cell.image };
        const image = await this.#lastGoodImage();
        return await this.#run(image, await again({ image }));
      }
      case 'last-good-suite': {
        const good = passes.find(({ environment }) => environment.suiteRevision !== was.environment.suiteRevision);
        if (!good) return notDone('no run with another suite passed', 'успешных запусков с другим набором тестов нет');
        await using old = await withOldSuite(catalogue, was.cell.suite, good.environment.harness, good.environment.suiteRevision, this.#parts.deadline);
        return await this.#run(good.environment.suiteRevision, await again({}, old.catalogue));
      }
      case 'other-machine': {
        const machine = await otherMachine(was.cell.machine, catalogue.machines);
        return machine === undefined ? notDone('there is no other machine profile', 'другого профиля машины нет') : await this.#run(machine, await again({ machine }));
      }
      case 'other-model': {
        const others = otherModels(was, catalogue);
        const shown = this.#shownTonight((other) => others.includes(other.cell.model) && other.cell.personalities === undefined && other.cell.image === was.cell.image && other.cell.machine === was.cell.machine && other.environment.imageSha256 === was.environment.imageSha256);
        if (shown) return { ...shown.answer, on: shown.result.cell.model };
        const [model] = others;
        if (model === undefined) return notDone('there is no other model with this suite and emulation', 'другой модели с этим набором тестов и этой эмуляцией нет');
        const { personalities: _without, ...cell } = was.cell;
        return await this.#run(model, await cellAgain({ ...was, cell: { ...cell, model } }, { image: await imageByHash(was), kernelParameters: [] }, test, catalogue));
      }
    }
  }

  /** A result of the same night and suite that shows it without another run: the tests passed, or failed in the same way. */
  #shownTonight(fits: (other: Result) => boolean): { readonly result: Result; readonly answer: Pick<Answered, 'answer' | 'result'> } | undefined {
    const { was, night, test } = this.#parts;
    const tests = askedTests(was, test);
    const candidates = night.filter((other) => other.id !== was.id && other.environment.suiteRevision === was.environment.suiteRevision && fits(other));
    const good = candidates.find((other) => passedIn(other, tests));
    if (good) return { result: good, answer: { answer: 'passes', result: good.id } };
    const same = candidates.find((other) => judgeRepro(was, other, test?.id).answer === 'same failure');
    // A failure there says nothing of an image that was good once; that has to be looked for.
    return same && same.cell.model !== was.cell.model ? { result: same, answer: { answer: 'same failure', result: same.id } } : undefined;
  }

  async #lastGoodImage(): Promise<string> {
    const { was, passes } = this.#parts;
    const hashes = passes.map(({ environment }) => environment.imageSha256).filter((hash) => hash !== was.environment.imageSha256);
    const stored = await Promise.all((await storedIds()).map(async (id) => ({ id, sha256: (await readManifest(id).catch(() => undefined))?.files.disk.sha256 })));
    const found = hashes.map((hash) => stored.find(({ sha256 }) => sha256 === hash)?.id).find((id) => id !== undefined);
    if (found !== undefined) return found;
    throw new HwlabError({ code: 'image-gone', blame: 'usage', message: hashes.length === 0 ? 'no run on another image passed' : `the last good image, ${hashes[0]?.slice(0, 12) ?? ''}, is gone from the cache` });
  }

  async #run(on: string, cell: Cell): Promise<Answered> {
    const { was, test, lab, deadline, progress } = this.#parts;
    const prepared = await prepareAgain(lab, cell, deadline, progress);
    for await (const { result } of runAgain(cell, 1, { ...this.#parts, ...prepared, repeats: was.id })) {
      const { answer, tests } = judgeRepro(was, result, test?.id);
      const why = answer === 'passes' || answer === 'same failure' ? undefined : (tests.find(({ said }) => said !== undefined)?.said ?? result.reason?.message);
      return { on, answer, result: result.id, ...(why === undefined ? {} : { why: why.slice(0, 500) }) };
    }
    return { on, answer: 'no answer', why: 'nothing was run' };
  }
}

/** Why a cell is not the failing run once more; undefined where it is. What passes then says nothing of the failure. */
function notAsItWas({ cell, environment, manifest }: Result, again: Cell): Both | undefined {
  if (again.id.attachment !== cell.attachment) return [`the device was ${cell.attachment}, and would be ${again.id.attachment} now`, `устройство было подключено иначе: ${cell.attachment}, а теперь было бы ${again.id.attachment}`];
  if (again.modelSha256 !== environment.modelSha256) return ["the model's data changed since", 'данные модели с тех пор изменились'];
  const [then, now] = [manifest?.machineSha256, again.machineSha256];
  if (then !== undefined && now !== undefined && then !== now) return ['the machine profile changed since', 'профиль машины с тех пор изменился'];
  return undefined;
}

function notDone(...[why, whyInRussian]: Both): Answered {
  return { on: 'not to be had', answer: 'not done', why, whyInRussian };
}

/** Another machine profile: with another USB controller if there is one, and else most like this one. */
async function otherMachine(machine: string, known: readonly string[]): Promise<string | undefined> {
  const own = known.includes(machine) ? await loadMachineProfile(machine) : undefined;
  const profiles = await Promise.all(known.filter((id) => id !== machine).map(loadMachineProfile));
  const unlike = (other: MachineProfile): number => {
    const alike = [own?.display === other.display, own?.firmware === other.firmware, own?.displays === other.displays];
    return alike.filter((each) => !each).length + (own?.usb.controller === other.usb.controller ? alike.length + 1 : 0);
  };
  return profiles.toSorted((a, b) => unlike(a) - unlike(b) || a.id.localeCompare(b.id)).at(0)?.id;
}

/** Models of the same emulation that name the suite, in the order of their ids. */
function otherModels(was: Result, catalogue: Catalogue): readonly string[] {
  const own = catalogue.models.get(was.cell.model)?.model.emulator;
  return [...catalogue.models.values()]
    .filter(({ model }) => model.id !== was.cell.model && model.emulator === own && model.suites.includes(was.cell.suite))
    .map(({ model }) => model.id)
    .sort();
}
