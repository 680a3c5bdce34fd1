import { isExpired, matchKnownIssues } from '../../match-known-issues.ts';
import { problemAt, valid } from '../lint-context.ts';
import type { LintRule } from '../lint-rule.ts';

const quietDays = 30;
const day = 86_400_000;

export const knownIssuesAreCurrent: LintRule = {
  name: 'known-issues-are-current',
  scope: 'results',
  demands: `a known issue has not expired, has a title in Russian, and was seen in the last ${quietDays} days`,
  check: async (context) => {
    const files = valid(context, 'known-issue');
    const expired = files.filter((file) => isExpired(file.value, context.now));
    const watched = files.filter((file) => !expired.includes(file) && file.value.closed === undefined && Date.parse(file.value.since) < context.now.getTime() - quietDays * day);
    const quiet = new Set(watched);
    const from = new Date(context.now.getTime() - quietDays * day).toISOString();
    if (watched.length > 0) {
      for await (const result of context.database.results.results({}, () => undefined)) {
        if (result.startedAt < from) continue;
        const present = matchKnownIssues(result, [...quiet].map((file) => file.value), context.now).filter((match) => match.state === 'present');
        for (const file of [...quiet]) if (present.some((match) => match.issue === file.value)) quiet.delete(file);
      }
    }
    const untranslated = files.filter(({ value }) => value.titleRu === undefined);
    return [
      ...untranslated.map((file) => problemAt(file, ['title'], 'has no title in Russian', { severity: 'warning', advice: 'add "titleRu": pages and statements show it' })),
      ...expired.map((file) => problemAt(file, ['expires'], `expired on ${file.value.expires}`, { advice: `ask ${file.value.owner}: set another date, or delete the file` })),
      ...[...quiet].map((file) => problemAt(file, ['signature'], `matched nothing in the last ${quietDays} days`, { severity: 'warning', advice: 'it may be fixed: delete the file, or correct the signature' })),
    ];
  },
};
