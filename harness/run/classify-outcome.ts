import { AssertionError } from 'chai';
import { HwlabError } from '../base/hwlab-error.ts';
import type { Failure, Outcome } from '../db/generated/result.ts';

/** Thrown by `cell.skip`. */
export class SkipTest extends Error {
  override readonly name = 'SkipTest';
}

const outcomeOfBlame = { product: 'FAIL', lab: 'MISS', harness: 'MISS', usage: 'ERROR' } as const;
const longest = 8000;

/** What a thrown error means for the test, as in VERDICTS.md section 1. */
export function classifyOutcome(thrown: unknown): { readonly outcome: Outcome; readonly failure?: Failure; readonly skipReason?: string } {
  if (thrown instanceof SkipTest) return { outcome: 'SKIP', skipReason: thrown.message };
  if (thrown instanceof HwlabError) return { outcome: outcomeOfBlame[thrown.blame], failure: failureOf(thrown) };
  if (thrown instanceof AssertionError) {
    const { expected, actual } = thrown as { expected?: unknown; actual?: unknown };
    return {
      outcome: 'FAIL',
      failure: {
        code: 'assertion-failed',
        blame: 'product',
        message: thrown.message.slice(0, longest),
        ...(expected === undefined ? {} : { expected: shown(expected) }),
        ...(actual === undefined ? {} : { actual: shown(actual) }),
        ...(thrown.stack ? { stack: cleanStack(thrown.stack) } : {}),
      },
    };
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    outcome: 'ERROR',
    failure: { code: 'test-error', blame: 'harness', message: `${error.name}: ${error.message}`.slice(0, longest), ...(error.stack ? { stack: cleanStack(error.stack) } : {}) },
  };
}

/** The record of an error of ours, as results keep it. */
export function failureOf(error: HwlabError): Failure {
  return {
    code: error.code,
    blame: error.blame,
    message: `${error.message}${consoleOf(error)}`.slice(0, longest),
    ...(error.advice ? { advice: error.advice } : {}),
    ...(error.stack ? { stack: cleanStack(error.stack) } : {}),
  };
}

/** The last lines of the serial console, where the error brings them. */
function consoleOf(error: HwlabError): string {
  const lines = error.facts['console'];
  return Array.isArray(lines) && lines.length > 0 ? `; the console ends with:\n${lines.slice(-12).join('\n')}` : '';
}

/** Any error as a reason; what is not ours is the harness's fault. */
export function reasonOf(thrown: unknown): Failure {
  if (thrown instanceof HwlabError) return failureOf(thrown);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { code: 'internal', blame: 'harness', message: `${error.name}: ${error.message}`.slice(0, longest), ...(error.stack ? { stack: cleanStack(error.stack) } : {}) };
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? String(value));
  return text.slice(0, longest);
}

/** Paths relative to the checkout, so that a result names no folder of the machine it ran on. */
function cleanStack(stack: string): string {
  const root = new URL('../../', import.meta.url);
  return stack.replaceAll(root.href, '').replaceAll(root.pathname, '').slice(0, longest);
}
