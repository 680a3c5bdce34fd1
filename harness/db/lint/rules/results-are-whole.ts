import { basename, dirname } from 'node:path';
import { existsSync } from 'node:fs';
import { messageOf } from '../../../base/hwlab-error.ts';
import { readInvestigations } from '../../investigations.ts';
import { readResultLines } from '../../read-results.ts';
import { nightFilePath } from '../../night-file.ts';
import { isReal } from '../../verdicts/best-evidence.ts';
import { shownPath, valid } from '../lint-context.ts';
import type { LintProblem, LintRule } from '../lint-rule.ts';

export const resultsAreWhole: LintRule = {
  name: 'results-are-whole',
  scope: 'results',
  demands: 'every line of the results is a result of its night, with an id of its own, a device that exists, and no evidence of a real machine from one that only pretends',
  check: async (context) => {
    const store = context.database.results;
    const devices = new Set(valid(context, 'device').map((file) => file.value.id));
    const problems: LintProblem[] = [];
    for (const night of await store.nights()) {
      const path = nightFilePath(store.folder, night);
      const file = shownPath(path);
      const ids = new Set<string>();
      const say = (line: number, message: string, severity: LintProblem['severity'] = 'error', advice?: string): void => {
        problems.push({ file, line, column: 1, message, severity, ...(advice === undefined ? {} : { advice }) });
      };
      for await (const each of readResultLines(path)) {
        if ('bad' in each) {
          if (each.bad.unfinished) say(each.bad.line, each.bad.reason, 'warning', 'a night is writing, or was killed; hwlab nightly --resume moves it aside');
          else say(each.bad.line, each.bad.reason);
          continue;
        }
        const { id, night: own, cell, evidence, environment } = each.result;
        if (own !== night) say(each.line, `result ${id} belongs to night ${own}`);
        if (ids.has(id)) say(each.line, `there is another result ${id}`);
        if (!devices.has(cell.device)) say(each.line, `there is no device "${cell.device}"`, 'warning');
        if (isReal[evidence] && environment.metal?.simulator !== undefined) say(each.line, `result ${id} claims ${evidence}, and its machine only pretends: ${environment.metal.simulator}`);
        ids.add(id);
      }
      const investigations = await readInvestigations(dirname(store.folder), night).catch((error: unknown) => messageOf(error));
      if (typeof investigations === 'string') problems.push({ file: file.replace(/jsonl$/, 'investigations.json'), line: 1, column: 1, message: investigations, severity: 'error' });
      else for (const { result } of investigations) if (!ids.has(result)) problems.push({ file: file.replace(/jsonl$/, 'investigations.json'), line: 1, column: 1, message: `it looks into ${result}, which the night has not`, severity: 'error' });
      if (existsSync(`${path}.torn`)) say(1, `a kill left a torn line, kept in ${basename(path)}.torn`, 'warning', 'delete that file when nobody needs it');
    }
    return problems;
  },
};
