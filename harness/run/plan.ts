import { HwlabError } from '../base/hwlab-error.ts';
import type { Plan, PlanExclude } from '../db/generated/plan.ts';
import type { Catalogue } from './catalogue.ts';
import { cellName, type Cell } from './cell.ts';

/** A cell's coordinates. */
export interface CellCoordinates {
  readonly image: string;
  readonly machine: string;
  readonly model: string;
  readonly suite: string;
}

/**
 * The cells of a plan in a stable order: images x machines x models x suites (of those that the model names), without what `exclude`
 * matches, plus what `include` names; an include without a suite means every suite of its model.
 * @throws HwlabError usage for unknown names or a plan without cells.
 */
export function expandPlan(plan: Plan, catalogue: Catalogue): Cell[] {
  const models = plan.models === 'all' ? [...catalogue.models.keys()].sort() : plan.models;
  const coordinates: CellCoordinates[] = [];
  const wanted = plan.suites === 'model' ? undefined : plan.suites.map((suite) => catalogue.suite(suite).name);
  for (const image of plan.images) {
    for (const machine of plan.machines) {
      for (const model of models) {
        const suites = catalogue.model(model).model.suites.filter((suite) => wanted?.includes(suite) ?? true);
        for (const suite of suites) coordinates.push({ image, machine, model, suite });
      }
    }
  }
  const kept = coordinates.filter((cell) => !plan.exclude?.some((pattern) => matches(pattern, cell)));
  for (const { image, machine, model, suite } of plan.include ?? []) {
    for (const name of suite === undefined ? catalogue.model(model).model.suites : [suite]) kept.push({ image, machine, model, suite: name });
  }
  const unique = [...new Map(kept.map((cell) => [cellName(cell.image, cell.machine, cell.model, cell.suite), cell])).values()];
  if (unique.length === 0) throw new HwlabError({ code: 'empty-plan', blame: 'usage', message: `plan ${plan.name} has no cell`, advice: 'look at its exclude rules' });
  const levels = plan.requirements;
  return unique.map((at, index) => {
    const cell = makeCell(at, index + 1, catalogue);
    return levels === undefined ? cell : { ...cell, features: Object.keys(cell.requirements).filter((feature) => levels.some((level) => level === cell.requirements[feature])) };
  });
}

/** @throws HwlabError usage for unknown names. */
export function makeCell(at: CellCoordinates, number: number, catalogue: Catalogue): Cell {
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
    sabotage: [],
  };
}

function matches(pattern: PlanExclude, cell: CellCoordinates): boolean {
  return (['image', 'machine', 'model', 'suite'] as const).every((key) => pattern[key] === undefined || pattern[key] === cell[key]);
}
