import type { Result, TestResult } from '../db/generated/result.ts';
import type { Catalogue } from '../run/catalogue.ts';
import type { Cell } from '../run/cell.ts';
import { applyNegativeControl, findNegativeControl } from '../run/negative-control.ts';
import { makeCell } from '../run/plan.ts';
import type { Overrides } from './overrides.ts';

/** A thing that cannot be made as it was. */
export interface Difference {
  readonly what: string;
  readonly was: string;
  readonly is: string;
  /** True for what a person asked for. */
  readonly asked: boolean;
}

/** What this checkout and host have now, as far as it bears on a repetition. */
export interface Here {
  readonly imageSha256: string | undefined;
  readonly packages: Readonly<Record<string, string>>;
  readonly accelerator: 'kvm' | 'tcg';
  readonly qemu: string;
  readonly harness: string;
}

/**
 * The cell of a result once more, with what a person changes.
 * @param test only this test of it
 * @param quirksInModel true where the catalogue's model is that of a bundle, with personalities and the break of a control in it
 * @throws HwlabError usage for a model, personality, suite, machine, image or control that the checkout has not any more
 */
export async function cellAgain(result: Result, overrides: Overrides, test: TestResult | undefined, catalogue: Catalogue, quirksInModel = false): Promise<Cell> {
  const { cell, manifest, selection } = result;
  const transport = overrides.transport ?? cell.transport;
  const personalities = overrides.personalities ?? (quirksInModel ? undefined : cell.personalities);
  const plain = makeCell(
    {
      image: overrides.image ?? cell.image,
      machine: overrides.machine ?? cell.machine,
      model: cell.model,
      ...(personalities && personalities.length > 0 ? { personalities } : {}),
      suite: cell.suite,
      ...(transport === 'usbip' ? { transport } : {}),
    },
    1,
    catalogue,
  );
  const control = manifest?.control ?? /#([a-z0-9-]+)$/.exec(cell.id)?.[1];
  const whole = quirksInModel ? { ...plain, id: { ...plain.id, id: cell.id, ...(cell.personalities ? { personalities: cell.personalities } : {}) }, ...(control === undefined ? {} : { control }) } : plain;
  const again = control === undefined || quirksInModel ? whole : applyNegativeControl(plain, await findNegativeControl(cell.suite, control));
  const seed = overrides.seed ?? manifest?.seed;
  const patience = overrides.patience ?? manifest?.patience;
  const only = test ? [test.id] : manifest?.tests;
  return {
    ...again,
    ...(selection === undefined || test ? {} : { grep: selection }),
    ...(manifest?.features && (control === undefined || quirksInModel) ? { features: manifest.features } : {}),
    ...(only ? { only } : {}),
    ...(seed === undefined ? {} : { seed }),
    ...(patience === undefined ? {} : { patience }),
    ...(manifest?.stopAfterFailures === undefined ? {} : { stopAfterFailures: manifest.stopAfterFailures }),
    blacklist: manifest?.blacklist ?? again.blacklist,
    sabotage: manifest?.sabotage ?? again.sabotage,
    once: true,
  };
}

/** What is not as it was when the result was made: nothing is started before a person has seen this. */
export function differences(result: Result, cell: Cell, overrides: Overrides, here: Here): readonly Difference[] {
  const { environment: was, manifest } = result;
  const found: Difference[] = [];
  const compare = (what: string, before: string | undefined, now: string | undefined, asked = false): void => {
    if (before !== undefined && now !== undefined && before !== now) found.push({ what, was: before, is: now, asked });
  };
  const short = (hash: string | undefined): string | undefined => hash?.slice(0, 12);
  compare('image', result.cell.image, cell.id.image, overrides.image !== undefined);
  compare('machine', result.cell.machine, cell.id.machine, overrides.machine !== undefined);
  compare('attachment', result.cell.attachment, cell.id.attachment, cell.tape !== undefined);
  compare('transport', result.cell.transport ?? 'usb-redir', cell.id.transport ?? 'usb-redir', overrides.transport !== undefined);
  compare('personalities', result.cell.personalities?.join('+') ?? 'none', cell.id.personalities?.join('+') ?? 'none', overrides.personalities !== undefined);
  compare('image hash', short(was.imageSha256), here.imageSha256 === undefined ? 'gone' : short(here.imageSha256), overrides.image !== undefined);
  compare('machine profile', short(manifest?.machineSha256), short(cell.machineSha256), overrides.machine !== undefined);
  compare('model', short(was.modelSha256), short(cell.modelSha256), overrides.personalities !== undefined);
  compare('suite revision', was.suiteRevision, cell.suiteRevision);
  compare('requirement levels', short(manifest?.profileSha256), short(cell.profileSha256));
  compare('accelerator', was.accelerator, here.accelerator);
  compare('QEMU', was.qemu, here.qemu);
  compare('harness', was.harness, here.harness);
  compare('seed', manifest === undefined ? undefined : String(manifest.seed), cell.seed === undefined ? undefined : String(cell.seed), overrides.seed !== undefined);
  compare('patience', manifest === undefined ? undefined : String(manifest.patience), cell.patience === undefined ? undefined : String(cell.patience), overrides.patience !== undefined);
  const parameters = [...(manifest?.kernelParameters ?? []), ...overrides.kernelParameters];
  compare('kernel parameters', manifest?.kernelParameters?.join(' ') ?? '', parameters.join(' '), true);
  const packages = was.packages ?? {};
  for (const name of [...new Set([...Object.keys(packages), ...Object.keys(here.packages)])].sort()) {
    if (was.packages !== undefined && here.imageSha256 !== undefined) compare(`package ${name}`, packages[name] ?? 'not there', here.packages[name] ?? 'not there', overrides.image !== undefined);
  }
  return found;
}
