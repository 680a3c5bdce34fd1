import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { cleanText } from './clean-text.ts';
import type { FactClaim, Importer } from './importer.ts';
import { splitVendor } from './split-vendor.ts';

/** What a status of a KCIDB test means; all others say nothing of the product. */
const statuses: Readonly<Record<string, FactClaim['says']>> = { PASS: 'works', FAIL: 'broken' };

const longestFile = 128 * 1024 * 1024;
const mostTests = 500_000;

/** KCIDB results (KernelCI's I/O schema, JSON): on which machine which test passed or failed. They are about machines rather than peripherals. */
export const kcidbImporter: Importer = {
  kind: 'kcidb',
  what: 'a JSON file of KCIDB results (kcidb-query, or as submitted)',
  licence: 'as its origin says; KernelCI publishes its results openly',
  evidence: 'E1',
  async *read(path, { describe, problem }) {
    if ((await stat(path)).size > longestFile) throw new HwlabError({ code: 'import-too-big', blame: 'usage', message: `${path}: longer than ${longestFile / 1024 / 1024} MB`, advice: 'divide it, a file a checkout' });
    const file = basename(path);
    const tests = testsOf(await readFile(path, 'utf8'), path);
    describe({ name: `KCIDB ${file}`.slice(0, 120) });
    for (const [index, test] of tests.slice(0, mostTests).entries()) {
      const at = `${file} tests[${index}]`;
      const says = statuses[textOf(test, 'status')];
      const environment = test['environment'];
      const board = boardOf(isRecord(environment) ? environment : {});
      if (board === '') {
        problem({ at, reason: 'it names no machine (environment.comment or environment.compatible)' });
        continue;
      }
      if (says === undefined) continue;
      const log = textOf(test, 'origin');
      yield { device: splitVendor(board), claim: { says, feature: cleanText(textOf(test, 'path'), 80) || 'boot', ...(log === '' ? {} : { text: cleanText(`origin ${log}`, 200) }) }, at };
    }
  },
};

function testsOf(text: string, path: string): readonly Record<string, unknown>[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HwlabError({ code: 'import-unreadable', blame: 'usage', message: `${path}: it is not JSON: ${messageOf(error)}`, advice: 'give one KCIDB object, not a stream of them', cause: error });
  }
  const tests = isRecord(value) ? value['tests'] : undefined;
  if (!isRecord(value) || !isRecord(value['version'])) throw new HwlabError({ code: 'import-unreadable', blame: 'usage', message: `${path}: it has no "version" object, so it is no KCIDB file`, advice: 'see the I/O schema of kcidb-io' });
  return Array.isArray(tests) ? tests.filter(isRecord) : [];
}

/** `raspberrypi,4-model-b` of a device tree, or the comment of the environment. */
function boardOf(environment: Record<string, unknown>): string {
  const compatible: unknown = environment['compatible'];
  const first: unknown = Array.isArray(compatible) ? compatible[0] : undefined;
  return cleanText(typeof first === 'string' ? first.replace(',', ' ').replaceAll('-', ' ') : textOf(environment, 'comment'));
}

function textOf(record: Record<string, unknown>, key: string): string {
  const value = record[key];
  return typeof value === 'string' ? value.slice(0, 1000) : '';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
