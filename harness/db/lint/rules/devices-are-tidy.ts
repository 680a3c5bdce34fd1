import { canonicalJson } from '../../canonical-json.ts';
import type { Device } from '../../generated/device.ts';
import { problemAt, valid, type LintFile } from '../lint-context.ts';
import type { LintProblem, LintRule } from '../lint-rule.ts';
import { tellingAliases, tidyDevice } from '../tidy-device.ts';

const mended = 'hwlab db lint --fix does it';

export const devicesAreTidy: LintRule = {
  name: 'devices-are-tidy',
  scope: 'file',
  demands: 'a device is written in the order of its schema, has no alias that says nothing new and no word of two scripts, and says where its facts come from',
  check: (context) => valid(context, 'device').flatMap((file) => problemsOf(file, file.value)),
};

function problemsOf(file: LintFile, device: Device): readonly LintProblem[] {
  const problems: LintProblem[] = [];
  const say = (path: readonly (string | number)[], message: string, advice: string): void => void problems.push(problemAt(file, path, message, { severity: 'warning', advice }));
  const telling = tellingAliases(device);
  for (const [index, alias] of device.aliases.entries()) {
    if (!telling.includes(alias)) say(['aliases', index], `the alias ${JSON.stringify(alias)} says what another name of the device says already`, mended);
  }
  for (const [path, name] of [[['vendor'], device.vendor], [['name'], device.name], ...device.aliases.map((alias, index) => [['aliases', index], alias] as const)] as const) {
    const word = name.split(/[^\p{L}]+/u).find((each) => /\p{Script=Latin}/u.test(each) && /\p{Script=Cyrillic}/u.test(each));
    if (word !== undefined) say(path, `the word ${JSON.stringify(word)} has Latin and Cyrillic letters`, 'write it in one script; a search finds the other by itself');
  }
  if (device.origin === undefined || device.origin.length === 0) say([], 'it does not say where its names and ids come from', 'add "origin": [{ "what": "names and USB id", "source": "..." }]');
  // Said once, where nothing else is wrong with the order or the texts.
  if (telling.length === device.aliases.length && canonicalJson(tidyDevice(device)) !== canonicalJson(device)) say([], 'properties or texts are not in order', mended);
  return problems;
}
