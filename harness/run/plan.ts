import { HwlabError } from '../base/hwlab-error.ts';
import type { Catalogue } from './catalogue.ts';
import { cellName, type Cell } from './cell.ts';

/** A plan file, suites/plans/<name>.yaml, as hardware-db/schemas/plan.schema.json describes it. */
export interface Plan {
  readonly name: string;
  readonly description?: string;
  readonly images: readonly string[];
  readonly machines: readonly string[];
  readonly models: readonly string[] | 'all';
  /** `model`: those that each model names. */
  readonly suites: readonly string[] | 'model';
  readonly include?: readonly CellPattern[];
  readonly exclude?: readonly CellPattern[];
  /** Cells side by side. */
  readonly slots?: number;
  /** Minutes a cell may take. */
  readonly deadline?: number;
}

export interface CellPattern {
  readonly image?: string;
  readonly machine?: string;
  readonly model?: string;
  readonly suite?: string;
}

/**
 * The cells of a plan in a stable order: images x machines x models x suites, without what `exclude` matches, plus what `include` names.
 * An include needs all four coordinates unless the plan has only one of a kind.
 * @throws HwlabError usage for unknown names, an incomplete include, or a plan without cells.
 */
export function expandPlan(plan: Plan, catalogue: Catalogue): Cell[] {
  const models = plan.models === 'all' ? [...catalogue.models.keys()].sort() : plan.models;
  const coordinates: Required<CellPattern>[] = [];
  for (const image of plan.images) {
    for (const machine of plan.machines) {
      for (const model of models) {
        for (const suite of plan.suites === 'model' ? catalogue.model(model).model.suites : plan.suites) {
          coordinates.push({ image, machine, model, suite });
        }
      }
    }
  }
  const kept = coordinates.filter((cell) => !plan.exclude?.some((pattern) => matches(pattern, cell)));
  for (const pattern of plan.include ?? []) kept.push(complete(pattern, plan));
  const unique = [...new Map(kept.map((cell) => [cellName(cell.image, cell.machine, cell.model, cell.suite), cell])).values()];
  if (unique.length === 0) throw new HwlabError({ code: 'empty-plan', blame: 'usage', message: `plan ${plan.name} has no cell`, advice: 'look at its exclude rules' });
  return unique.map((cell, index) => makeCell(cell, index + 1, catalogue));
}

/** @throws HwlabError usage for unknown names. */
export function makeCell(at: Required<CellPattern>, number: number, catalogue: Catalogue): Cell {
  const { model, sha256 } = catalogue.model(at.model);
  const suite = catalogue.suite(at.suite);
  const image = catalogue.image(at.image);
  const machine = catalogue.machine(at.machine);
  return {
    id: { id: cellName(image, machine, model.id, suite.name), image, machine, model: model.id, device: model.device, suite: suite.name, attachment: 'emulated' },
    number,
    model,
    modelSha256: sha256,
    suiteFiles: suite.files,
    suiteRevision: suite.revision,
    requirements: suite.requirements,
    blacklist: [],
  };
}

function matches(pattern: CellPattern, cell: Required<CellPattern>): boolean {
  return (['image', 'machine', 'model', 'suite'] as const).every((key) => pattern[key] === undefined || pattern[key] === cell[key]);
}

function complete(pattern: CellPattern, plan: Plan): Required<CellPattern> {
  const image = pattern.image ?? (plan.images.length === 1 ? plan.images[0] : undefined);
  const machine = pattern.machine ?? (plan.machines.length === 1 ? plan.machines[0] : undefined);
  const { model, suite } = pattern;
  if (image === undefined || machine === undefined || model === undefined || suite === undefined) {
    throw new HwlabError({ code: 'incomplete-include', blame: 'usage', message: `plan ${plan.name}: include ${JSON.stringify(pattern)} does not name image, machine, model and suite` });
  }
  return { image, machine, model, suite };
}
