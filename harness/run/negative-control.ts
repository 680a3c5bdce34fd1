import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HwlabError } from '../base/hwlab-error.ts';
import { didYouMean } from '../base/near-matches.ts';
import { projectRoot } from '../base/places.ts';
import type { NegativeControl, NegativeControls } from '../db/generated/negative-controls.ts';
import { patchedViolation } from '../db/patched-violation.ts';
import { loadDataFile } from '../db/load-data-file.ts';
import type { Result } from '../db/generated/result.ts';
import type { EmulatedModel } from '../emulation/usb-device.ts';
import type { Cell } from './cell.ts';
import { mergePatch } from '../base/merge-patch.ts';

/** The deliberately broken devices and guests of a suite, suites/negative-controls/<suite>.json; none when there is no such file. */
export async function loadNegativeControls(suite: string): Promise<readonly NegativeControl[]> {
  const file = join(projectRoot, 'suites/negative-controls', `${suite}.json`);
  return existsSync(file) ? (await loadDataFile<NegativeControls>(file, 'negative-controls')).controls : [];
}

/** @throws HwlabError usage `unknown-control` */
export async function findNegativeControl(suite: string, id: string): Promise<NegativeControl> {
  const controls = await loadNegativeControls(suite);
  const control = controls.find((candidate) => candidate.id === id);
  if (control) return control;
  throw new HwlabError({ code: 'unknown-control', blame: 'usage', message: `suite ${suite} has no negative control "${id}"${didYouMean(id, controls.map((one) => one.id))}` });
}

/** The cell with the control's break in it, and only the tests that must fail for it, each once. */
export function applyNegativeControl(cell: Cell, control: NegativeControl): Cell {
  const model = mergePatch(cell.model, control.modelPatch ?? {}) as EmulatedModel;
  const wrong = patchedViolation(cell.model, model);
  if (wrong) throw new HwlabError({ code: 'control-invalid', blame: 'usage', message: `negative control ${control.id} makes a model that breaks its schema at /${wrong.path.join('/')}: expected ${wrong.expected}, found ${wrong.found}` });
  return {
    ...cell,
    id: { ...cell.id, id: `${cell.id.id}#${control.id}` },
    features: control.mustFail,
    once: true,
    control: control.id,
    model,
    blacklist: control.guest?.blacklist ?? [],
    sabotage: control.guest?.commands ?? [],
  };
}

/**
 * The features that should have failed and did not. A feature fails when one of its tests is FAIL; a cell that could not even attach the
 * broken device fails all of them.
 */
export function survivors(control: NegativeControl, result: Result): readonly string[] {
  if (result.outcome === 'FAIL' && result.reason?.blame === 'product') return [];
  return control.mustFail.filter((feature) => !result.tests.some((test) => test.feature === feature && test.outcome === 'FAIL'));
}
