import { use } from 'chai';
import { messageOf } from '../../base/hwlab-error.ts';
import { projectRoot } from '../../base/places.ts';
import type { Trace } from './cell-trace-file.ts';

/** Assertions of one test beyond which only those that fail are told. */
const mostOfTest = 500;
const longest = 600;

export interface ToldAssertions {
  /** To be called when a test begins. */
  readonly begin: () => void;
  /** Chai is as it was before. */
  readonly end: () => void;
}

/**
 * From now on every assertion of chai in this process is told to `trace`: what was asked, both sides, where in the suite. What chai itself does with it is
 * as before.
 */
export function traceAssertions(trace: Trace): ToldAssertions {
  let left = mostOfTest;
  let end = (): void => undefined;
  use((chai, utils) => {
    const prototype = chai.Assertion.prototype as unknown as { assert: (this: object, ...args: unknown[]) => void };
    const { assert } = prototype;
    end = () => {
      prototype.assert = assert;
    };
    prototype.assert = function (...args) {
      const ok = Boolean(args[0]) !== Boolean(utils.flag(this, 'negate'));
      if (!ok || left > 0) {
        left -= 1;
        trace({ kind: 'assertion', ok, ...told(() => ({ said: saidBy(utils, this, args), ...sidesOf(args) })), ...placeOf(new Error('here').stack) });
        if (left === 0) trace({ kind: 'cut', what: `assertions that hold, after ${mostOfTest} of a test` });
      }
      assert.apply(this, args);
    };
  });
  return {
    begin: () => {
      left = mostOfTest;
    },
    end: () => end(),
  };
}

/** What is told of an assertion never decides it: a value that cannot even be looked at (a getter that throws, a proxy that is revoked) has no words. */
function told<T extends { readonly said: string }>(look: () => T): T | { readonly said: string } {
  try {
    return look();
  } catch (error) {
    return { said: `(its values cannot be shown: ${messageOf(error).slice(0, 200)})` };
  }
}

/** The sentence chai would say, with short values: `expected [Buffer 16384] to equal [Buffer 16384]`. */
function saidBy(utils: Chai.ChaiUtils, assertion: object, args: readonly unknown[]): string {
  const template = utils.flag(assertion, 'negate') ? (args[2] ?? args[1]) : args[1];
  const text = typeof template === 'function' ? (template as () => unknown)() : template;
  const about: unknown = utils.flag(assertion, 'message');
  const filled = String(text ?? '')
    .replaceAll('#{this}', () => shortValue(utils.flag(assertion, 'object'), 80))
    .replaceAll('#{exp}', () => shortValue(args[3], 80))
    .replaceAll('#{act}', () => shortValue(args.length > 4 ? args[4] : utils.flag(assertion, 'object'), 80));
  return `${typeof about === 'string' ? `${about}: ` : ''}${filled}`.slice(0, longest);
}

function sidesOf(args: readonly unknown[]): { readonly expected?: string; readonly actual?: string } {
  return { ...(args.length > 3 ? { expected: shortValue(args[3], longest) } : {}), ...(args.length > 4 ? { actual: shortValue(args[4], longest) } : {}) };
}

/** A value in few characters, at a cost that does not grow with it. */
export function shortValue(value: unknown, most: number): string {
  if (typeof value === 'string') return value.length > most ? `${JSON.stringify(value.slice(0, most))}… (${value.length} characters)` : JSON.stringify(value);
  if (value instanceof Uint8Array) return `${value.length} bytes ${Buffer.from(value.subarray(0, 16)).toString('hex')}${value.length > 16 ? '…' : ''}`;
  if (typeof value === 'function') return `function ${value.name}`;
  if (typeof value !== 'object' || value === null) return String(value).slice(0, most);
  if (value instanceof Error) return `${value.name}: ${value.message}`.slice(0, most);
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name} of ${value.size}`;
  if (Array.isArray(value)) return listed('[', value.length, value.slice(0, 12).map(shortPart), ']', most);
  const keys = Object.keys(value);
  return listed('{', keys.length, keys.slice(0, 12).map((key) => `${key.slice(0, 40)}: ${shortOf(value as Record<string, unknown>, key)}`), '}', most);
}

/** A value in another: what is in it is not looked at, which may be the outer one again. */
function shortPart(value: unknown): string {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array) ? (Array.isArray(value) ? `[${value.length}]` : '{…}') : shortValue(value, 40);
}

function shortOf(object: Record<string, unknown>, key: string): string {
  try {
    return shortPart(object[key]);
  } catch {
    return '?';
  }
}

function listed(open: string, count: number, parts: readonly string[], close: string, most: number): string {
  const text = `${open}${parts.join(', ')}${count > parts.length ? `, … ${count}` : ''}${close}`;
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** The innermost line of a suite, relative to the checkout. */
function placeOf(stack: string | undefined): { readonly at?: string } {
  const line = stack?.split('\n').find((each) => each.includes('/suites/'));
  const found = /(\/suites\/[^\s:()]+:\d+)/.exec(line ?? '')?.[1];
  return found === undefined ? {} : { at: found.slice(1).replace(projectRoot, '') };
}
