import { pointerOf, type Violation } from './describe-violation.ts';
import { violationsOf } from './parse-data.ts';

/**
 * The first way in which a patched model breaks its schema and the model as it was does not; undefined if there is none. What a model in memory is
 * beyond its file, such as the empty USB side of a device on the network, is not held against the patch.
 */
export function patchedViolation(before: unknown, after: unknown): Violation | undefined {
  const [first, ...more] = violationsOf(after, 'emulated-model');
  if (!first) return undefined;
  const old = new Set(violationsOf(before, 'emulated-model').map(nameOf));
  return [first, ...more].find((violation) => !old.has(nameOf(violation)));
}

function nameOf({ path, expected }: Violation): string {
  return `${pointerOf(path)}\n${expected}`;
}
