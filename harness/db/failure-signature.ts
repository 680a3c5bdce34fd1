import { createHash } from 'node:crypto';
import type { Failure, FailureSignature, Result, TestAttempt, TestResult } from './generated/result.ts';

/** Most characters of a guest's text that are looked at. */
const longestSearched = 20_000;
const longestText = 400;
const mostKernelKinds = 20;

/** Behind these words a message quotes what was seen last, which differs from run to run. */
const quotation = /[;:,] (?:last seen|it said|kernel log ends|the kernel log ends|the console ends with|its output ends)\b/;

/**
 * A text without what differs from run to run: numbers, times, addresses, ids, temporary names. The code that a command ended with and the
 * number of an error of the kernel stay, as they tell one failure from another.
 */
export function normaliseText(text: string): string {
  return text
    .slice(0, longestSearched)
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]+/g, ' ')
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '#')
    .replace(/\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi, '#')
    .replace(/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/g, '#')
    .replace(/\/tmp\/[\w.-]+/g, '/tmp/#')
    .replace(/\b0x[0-9a-f]+\b/gi, '#')
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '#')
    .replace(/\b(exit|error|status) (-?\d+)\b/g, (_all, word: string, code: string) => `${word} ${code.replace(/\d/g, (digit) => String.fromCharCode(0xe000 + Number(digit)))}`)
    .replace(/[+-]?\d+(?:[.,:]\d+)*/g, '#')
    .replace(/[\ue000-\ue009]/g, (mark) => String(mark.charCodeAt(0) - 0xe000))
    .replace(/#(?:[\s/.:_-]*#)+/g, '#')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Kinds of trouble that a kernel log can show, and what each is called. The first that a line fits names it. */
const kernelTroubles: readonly { readonly pattern: RegExp; readonly name: (found: RegExpExecArray) => string }[] = [
  { pattern: /Kernel panic - not syncing: (.*)/, name: (found) => `panic: ${found[1] ?? ''}` },
  { pattern: /WARNING: CPU: .* at (?:\S+:\d+ )?(\w+)/, name: (found) => `warning in ${found[1] ?? ''}` },
  { pattern: /\bBUG: (.*)/, name: (found) => `bug: ${found[1] ?? ''}` },
  { pattern: /\b(Oops|general protection fault|stack segment)\b/, name: (found) => (found[1] ?? '').toLowerCase() },
  { pattern: /INFO: task (\S+?):\d+ blocked/, name: (found) => `task ${found[1] ?? ''} blocked` },
  { pattern: /\b(soft lockup|rcu: INFO: \S+ detected stalls|hung_task)\b/, name: () => 'lockup' },
  { pattern: /(\S+?)\[\d+\]: segfault at .* in ([\w.+-]+)/, name: (found) => `segfault of ${found[1] ?? ''} in ${found[2] ?? ''}` },
  { pattern: /Out of memory: Killed process \d+ \((.*?)\)/, name: (found) => `out of memory, killed ${found[1] ?? ''}` },
  { pattern: /Direct firmware load for (\S+) failed/, name: (found) => `no firmware ${found[1] ?? ''}` },
  { pattern: /\b(device descriptor read\/\S+, error -\d+|device not accepting address \d+, error -\d+|can't set config #\d+, error -\d+|unable to enumerate USB device|can't read configurations, error -\d+|unable to read config index.*)/, name: (found) => found[1] ?? '' },
  { pattern: /\b(probe of) \S+ (failed with error -\d+)/, name: (found) => `${found[1] ?? ''} a device ${found[2] ?? ''}` },
  { pattern: /\b(EXT4-fs error|I\/O error|Buffer I\/O error|FAT-fs .*: error)\b/, name: (found) => found[1] ?? '' },
];

/** The kinds of trouble in a kernel log, each once, sorted; empty for a log that shows none. What drivers say in passing is none. */
export function kernelTrouble(log: string): readonly string[] {
  const kinds = new Set<string>();
  for (const line of log.slice(0, 512 * 1024).split('\n')) {
    const short = line.slice(0, 1000);
    for (const { pattern, name } of kernelTroubles) {
      const found = pattern.exec(short);
      if (!found) continue;
      kinds.add(normaliseText(name(found)).slice(0, 200));
      break;
    }
    if (kinds.size >= mostKernelKinds) break;
  }
  return [...kinds].sort();
}

/** What a failure of a feature is recognised by. `kernelLog` is the one of the test, as far as there is one. */
export function failureSignature(feature: string, failure: Failure, kernelLog = ''): FailureSignature {
  const said = failure.message.slice(0, longestSearched);
  const cut = quotation.exec(said)?.index ?? said.length;
  const text = normaliseText(said.slice(0, cut).split('\n').slice(0, 3).join(' ')).slice(0, longestText);
  const kernel = [...kernelTrouble(kernelLog)];
  const id = createHash('sha256').update([feature, failure.code, text, ...kernel].join('\n')).digest('hex').slice(0, 16);
  return { id, text, kernel };
}

/** The signature that is stored with an attempt, or, for results from before it was, made of its failure without a kernel log; undefined for an attempt that did not fail. */
export function signatureOf(feature: string, attempt: TestAttempt): FailureSignature | undefined {
  if (attempt.signature) return attempt.signature;
  return attempt.failure === undefined ? undefined : failureSignature(feature, attempt.failure);
}

/** How a test failed: the signatures of its failing attempts, the last one first. */
export function signaturesOf(test: TestResult): readonly FailureSignature[] {
  return test.attempts.toReversed().flatMap((attempt) => signatureOf(test.feature, attempt) ?? []);
}

/** Of a cell that broke as a whole. */
export function cellSignature(result: Result): FailureSignature | undefined {
  return result.reason === undefined ? undefined : failureSignature(result.cell.suite, result.reason);
}

/** Whether two failures are the same one. */
export function sameSignature(a: FailureSignature, b: FailureSignature): boolean {
  return a.id === b.id;
}
