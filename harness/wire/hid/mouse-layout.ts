import { usages } from './digitizer-usages.ts';
import { applicationOf, type HidField, type HidReport, type HidReportDescriptor } from './report-descriptor.ts';

/** Where a mouse's report holds what. */
export interface MouseLayout {
  readonly report: HidReport;
  /** Button 1. */
  readonly button: HidField;
  readonly x: HidField;
  readonly y: HidField;
}

/** The first input report of a Mouse or Pointer collection with a button, X and Y; undefined where there is none. */
export function findMouseLayout(descriptor: HidReportDescriptor): MouseLayout | undefined {
  for (const report of descriptor.reports) {
    if (report.kind !== 'input') continue;
    const fields = report.fields.filter((field) => [usages.mouse, usages.pointer].includes(applicationOf(field) as typeof usages.mouse));
    const find = (usage: number): HidField | undefined => fields.find((field) => field.usage === usage);
    const [button, x, y] = [find(usages.button1), find(usages.x), find(usages.y)];
    if (button && x && y) return { report, button, x, y };
  }
  return undefined;
}
