import { HwlabError } from '../base/hwlab-error.ts';
import { mergePatch } from '../base/merge-patch.ts';
import { pointerOf } from './describe-violation.ts';
import type { Personality } from './generated/personality.ts';
import { patchedViolation } from './patched-violation.ts';

/** Why a personality cannot be given to a model. */
export interface Misfit {
  readonly code: 'personality-does-not-fit' | 'personalities-conflict' | 'personality-invalid';
  readonly message: string;
  readonly advice?: string;
}

/** What is asked of a model here; the rest of the file is patched as it is. */
export interface PatchableModel {
  readonly id: string;
  readonly emulator: string;
}

/** Whether a personality is for this model: for its emulator, and for the model where the personality names models. */
export function fits({ emulators, models }: Personality, model: PatchableModel): boolean {
  return emulators.includes(model.emulator) && (models?.includes(model.id) ?? true);
}

/**
 * A model with personalities, which are applied in the order of their ids.
 * @returns a new model; the old one is not changed
 * @throws HwlabError usage `personality-does-not-fit`, `personalities-conflict` or `personality-invalid`
 */
export function applyPersonalities<M extends PatchableModel>(model: M, personalities: readonly Personality[]): M {
  const sorted = [...personalities].sort((left, right) => (left.id < right.id ? -1 : 1));
  const misfit = misfitOf(model, sorted);
  if (misfit) throw new HwlabError({ blame: 'usage', ...misfit, facts: { model: model.id, personalities: sorted.map(({ id }) => id) } });
  return merged(model, sorted);
}

/** The first reason against giving these personalities, sorted by id, to a model; undefined if there is none. */
export function misfitOf<M extends PatchableModel>(model: M, personalities: readonly Personality[]): Misfit | undefined {
  for (const personality of personalities) {
    if (!fits(personality, model)) return doesNotFit(model, personality);
  }
  for (const [index, left] of personalities.entries()) {
    for (const right of personalities.slice(index + 1)) {
      const conflict = conflictOf(left, right);
      if (conflict !== undefined) return { code: 'personalities-conflict', message: `${left.id} and ${right.id} do not go together: ${conflict}`, advice: 'run them in two cells' };
    }
  }
  const wrong = patchedViolation(model, merged(model, personalities));
  if (!wrong) return undefined;
  const names = personalities.map(({ id }) => id).join('+');
  return {
    code: 'personality-invalid',
    message: `${model.id} with ${names} breaks the schema of its emulator ${model.emulator} at ${pointerOf(wrong.path) || '(root)'}: expected ${wrong.expected}, found ${wrong.found}`,
    advice: `correct fixtures/personalities/${personalities[0]?.id ?? ''}.json, or hardware-db/schemas/emulators/${model.emulator}.schema.json`,
  };
}

/** Why two personalities exclude each other, in words; undefined if they do not. Setting one place to the same value is no conflict. */
export function conflictOf(left: Personality, right: Personality): string | undefined {
  if (left.conflicts?.includes(right.id)) return `${left.id} says so`;
  if (right.conflicts?.includes(left.id)) return `${right.id} says so`;
  const rights = leavesOf(right.patch, []);
  for (const [place, value] of leavesOf(left.patch, [])) {
    for (const [other, otherValue] of rights) {
      if (place === other && value !== otherValue) return `both set ${place}, to ${shown(value)} and to ${shown(otherValue)}`;
      if (other.startsWith(`${place}/`)) return `${left.id} sets ${place}, of which ${right.id} sets ${other}`;
      if (place.startsWith(`${other}/`)) return `${right.id} sets ${other}, of which ${left.id} sets ${place}`;
    }
  }
  return undefined;
}

function merged<M>(model: M, personalities: readonly Personality[]): M {
  return personalities.reduce<unknown>((patched, { patch }) => mergePatch(patched, patch), model) as M;
}

/** Every value that a merge patch sets, by JSON pointer, as JSON; a list is one value. */
function leavesOf(patch: unknown, path: readonly string[]): readonly (readonly [string, string])[] {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return [[pointerOf(path), JSON.stringify(patch)]];
  return Object.entries(patch).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}

function doesNotFit(model: PatchableModel, { id, emulators, models }: Personality): Misfit {
  const wanted = emulators.includes(model.emulator) ? `the models ${models?.join(', ') ?? ''}` : `the emulator${emulators.length > 1 ? 's' : ''} ${emulators.join(', ')}`;
  return {
    code: 'personality-does-not-fit',
    message: `personality ${id} is for ${wanted}, and ${model.id} is ${emulators.includes(model.emulator) ? 'none of them' : `run by ${model.emulator}`}`,
    advice: `what fits it: ./hwlab personality list --model ${model.id}`,
  };
}

function shown(json: string): string {
  return json.length > 60 ? `${json.slice(0, 60)}...` : json;
}
