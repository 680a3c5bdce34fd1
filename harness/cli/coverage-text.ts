import type { CoverageIndex } from '../db/coverage/coverage-index.ts';
import { lacksFirmware, type CoverageAnswer, type FoundDriver } from '../db/coverage/coverage-lookup.ts';

const verdicts: Readonly<Record<CoverageAnswer['verdict'], string>> = {
  driver: 'a driver in the image claims it',
  firmware: 'a driver claims it, and none of the firmware that it names is in the image',
  depends: 'a driver claims some devices with this id, by interface or revision',
  disabled: 'the only driver that claims it is switched off',
  none: 'nothing in the image claims it',
};

const fits: Readonly<Record<FoundDriver['fit'], string>> = { id: 'by id', model: 'by model', class: 'by class', language: 'by printer language', depends: 'for some interfaces or revisions' };

/** What an image holds, in a few lines. */
export function summaryLines(image: string, index: CoverageIndex): readonly string[] {
  const counts = Object.entries(Object.groupBy(index.drivers, (driver) => driver.kind)).map(([kind, own]) => `${own.length} ${kind}`);
  const wanting = index.drivers.filter(lacksFirmware).length;
  return [
    `${image}: ${index.system}, kernel ${index.kernel}, ${index.layout}`,
    `  drivers: ${counts.join(', ')}; ${index.claims.length} claims`,
    `  firmware: ${index.drivers.filter((driver) => driver.firmware).length} drivers name some, of ${wanting} none is in the image`,
    ...index.notes.map((note) => `  note: ${note}`),
  ];
}

/** One answer: the verdict, then each driver with its package and how it is known. */
export function answerLines({ subject, name, verdict, drivers }: CoverageAnswer): readonly string[] {
  return [`${subject}${name === '' ? '' : ` (${plain(name)})`}: ${verdicts[verdict]}`, ...drivers.slice(0, 12).map((found) => `  ${driverText(found)}`), ...(drivers.length > 12 ? [`  and ${drivers.length - 12} more`] : [])];
}

function driverText({ driver, fit, pattern, version }: FoundDriver): string {
  const origin = driver.package === '' ? 'no package' : `${driver.package} ${version}`;
  const missing = driver.firmware && driver.firmware.missing.length > 0 ? `; firmware missing: ${driver.firmware.missing.slice(0, 3).join(', ')}${driver.firmware.missing.length > 3 ? ` and ${driver.firmware.missing.length - 3} more` : ''}${driver.firmware.present.length > 0 ? `, ${driver.firmware.present.length} there` : ''}` : '';
  return plain(`${driver.kind} ${driver.name} (${origin}) ${fits[fit]}: ${driver.source}: ${pattern}${missing}${driver.disabled === undefined ? '' : `; ${driver.disabled}`}`);
}

/** Text from an image on one line, without control characters. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 600);
}
