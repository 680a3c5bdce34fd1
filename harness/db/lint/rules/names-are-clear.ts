import { foldText } from '../../identity/fold-text.ts';
import { squashed } from '../../identity/name-data.ts';
import { problemAt, valid } from '../lint-context.ts';
import type { LintProblem, LintRule } from '../lint-rule.ts';

export const namesAreClear: LintRule = {
  name: 'names-are-clear',
  scope: 'together',
  demands: 'a name belongs to one maker, a family names makers that exist, transcriptions lead from Cyrillic to Latin, and a re-brand is of a device that exists',
  check: (context) => {
    const problems: LintProblem[] = [];
    for (const file of valid(context, 'vendor-names')) {
      const owners = new Map<string, string>();
      for (const [index, { id, name, aliases, cyrillic }] of file.value.vendors.entries()) {
        for (const each of new Set([id, name, ...aliases, ...cyrillic].map((text) => squashed(foldText(text))))) {
          const other = owners.get(each);
          if (other !== undefined && other !== id) problems.push(problemAt(file, ['vendors', index], `"${each}" is also a name of ${other}`, { advice: 'a name can lead to one maker only' }));
          owners.set(each, id);
        }
      }
      const known = new Set(file.value.vendors.map(({ id }) => id));
      for (const [index, family] of file.value.families.entries()) {
        for (const vendor of family.vendors) if (!known.has(vendor)) problems.push(problemAt(file, ['families', index], `there is no maker "${vendor}"`));
      }
    }
    for (const file of valid(context, 'name-words')) {
      for (const [word, latin] of Object.entries(file.value.transcriptions)) {
        if (!/[а-яё]/u.test(word) || !/^[a-z0-9 ]+$/u.test(latin)) problems.push(problemAt(file, ['transcriptions', word], `"${word}" to "${latin}" does not lead from Cyrillic to Latin`));
        if (foldText(word) !== word) problems.push(problemAt(file, ['transcriptions', word], `"${word}" is looked up as "${foldText(word)}"`, { advice: 'write it in lower case, with е for ё' }));
      }
    }
    const devices = valid(context, 'device');
    const ids = new Set(devices.map((file) => file.value.id));
    const articles = new Map<string, string>();
    for (const file of devices) {
      const { rebrandOf, id } = file.value;
      if (rebrandOf !== undefined && (!ids.has(rebrandOf) || rebrandOf === id)) problems.push(problemAt(file, ['rebrandOf'], `there is no other device "${rebrandOf}"`));
      for (const [index, article] of (file.value.articles ?? []).entries()) {
        const key = squashed(foldText(article));
        const other = articles.get(key);
        if (other !== undefined) problems.push(problemAt(file, ['articles', index], `${article} is also an article of ${other}`));
        articles.set(key, id);
      }
    }
    return problems;
  },
};
