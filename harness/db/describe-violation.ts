import type { ErrorObject } from 'ajv';
import { nearMatches } from '../base/near-matches.ts';

/** One way in which a value breaks its schema, without a position. */
export interface Violation {
  /** Keys and indices from the root to the offending value (or to the key, for `at: 'key'`). */
  readonly path: readonly string[];
  readonly at: 'value' | 'key';
  readonly expected: string;
  readonly found: string;
  readonly advice?: string;
}

/** What ajv's errors say, in words for a person; sub-errors of alternatives are folded into one. */
export function describeViolations(errors: readonly ErrorObject[]): readonly Violation[] {
  const alternatives = errors.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf');
  return errors
    .filter((error) => error.keyword !== 'if' && (error.propertyName === undefined || error.keyword === 'propertyNames'))
    .filter((error) => !alternatives.some((parent) => error !== parent && error.schemaPath.startsWith(`${parent.schemaPath}/`)))
    .map((error) => describe(error, errors));
}

/** JSON pointer (RFC 6901) of a path; the root is the empty string. */
export function pointerOf(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function describe(error: ErrorObject, all: readonly ErrorObject[]): Violation {
  const path = pathOf(error.instancePath);
  const found = shown(error.data);
  const value = { path, at: 'value', found } as const;
  const params: Record<string, unknown> = error.params;
  switch (error.keyword) {
    case 'required': {
      const missing = String(params['missingProperty']);
      return { ...value, expected: `property ${JSON.stringify(missing)}`, found: keysOf(error.data) };
    }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const extra = String(params['additionalProperty'] ?? params['unevaluatedProperty']);
      const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {});
      return {
        path: [...path, extra],
        at: 'key',
        expected: known.length > 0 ? `one of the properties ${known.join(', ')}` : 'no such property',
        found: `property ${JSON.stringify(extra)}`,
        ...didYouMean(extra, known),
      };
    }
    case 'propertyNames': {
      const name = String(params['propertyName']);
      return { path: [...path, name], at: 'key', expected: `a property name like ${reasonOfName(all, name)}`, found: JSON.stringify(name) };
    }
    case 'enum': {
      const allowed = (params['allowedValues'] as readonly unknown[]).map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
      return { ...value, expected: `one of ${allowed.join(', ')}`, ...didYouMean(typeof error.data === 'string' ? error.data : '', allowed) };
    }
    case 'const':
      return { ...value, expected: JSON.stringify(params['allowedValue']) };
    case 'type':
      return { ...value, expected: [params['type']].flat().join(' or ') };
    case 'pattern':
      return { ...value, expected: `text that matches ${String(params['pattern'])}` };
    case 'format':
      return { ...value, expected: `a ${String(params['format'])}` };
    case 'oneOf':
    case 'anyOf':
      return { ...value, expected: alternativesOf(error, all) };
    default:
      return { ...value, expected: error.message?.replace(/^must (be |have |NOT have )?/, (start) => (start.includes('NOT') ? 'not ' : '')) ?? error.keyword };
  }
}

function pathOf(pointer: string): readonly string[] {
  return pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function alternativesOf(error: ErrorObject, all: readonly ErrorObject[]): string {
  const children = all.filter((child) => child !== error && child.schemaPath.startsWith(`${error.schemaPath}/`));
  const texts = children.map((child) => {
    const inner = describe(child, []);
    const deeper = child.instancePath.slice(error.instancePath.length);
    return deeper === '' ? inner.expected : `${inner.expected} at ${deeper}`;
  });
  return texts.length > 0 ? [...new Set(texts)].join(', or ') : (error.message ?? 'another value');
}

function reasonOfName(all: readonly ErrorObject[], name: string): string {
  const inner = all.find((error) => error.propertyName === name && error.keyword === 'pattern');
  return String((inner?.params as { pattern?: unknown } | undefined)?.pattern ?? 'the schema asks for');
}

function didYouMean(word: string, known: readonly string[]): { readonly advice?: string } {
  const near = nearMatches(word, known)[0];
  return near === undefined ? {} : { advice: `did you mean ${JSON.stringify(near)}?` };
}

function keysOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? `only ${Object.keys(value).slice(0, 12).join(', ') || 'an empty object'}` : shown(value);
}

/** A value in at most 80 characters. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = Array.isArray(value) && value.length > 8 ? `an array of ${value.length}` : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
