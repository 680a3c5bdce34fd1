import { usages } from './digitizer-usages.ts';
import { applicationOf, type HidField, type HidReport, type HidReportDescriptor } from './report-descriptor.ts';

/** Where a pen's report holds what. */
export interface PenLayout {
  readonly report: HidReport;
  readonly tip: HidField;
  readonly x: HidField;
  readonly y: HidField;
  readonly inRange: HidField | undefined;
  readonly barrel: HidField | undefined;
  readonly eraser: HidField | undefined;
  readonly invert: HidField | undefined;
  readonly pressure: HidField | undefined;
  readonly xTilt: HidField | undefined;
  readonly yTilt: HidField | undefined;
}

/** The first input report of a Pen collection with a tip switch, X and Y; undefined where there is none. */
export function findPenLayout(descriptor: HidReportDescriptor): PenLayout | undefined {
  for (const report of descriptor.reports) {
    if (report.kind !== 'input') continue;
    const fields = report.fields.filter((field) => applicationOf(field) === usages.pen && !field.array);
    const find = (usage: number): HidField | undefined => fields.find((field) => field.usage === usage);
    const tip = find(usages.tipSwitch);
    const x = find(usages.x);
    const y = find(usages.y);
    if (!tip || !x || !y) continue;
    return {
      report,
      tip,
      x,
      y,
      inRange: find(usages.inRange),
      barrel: find(usages.barrelSwitch),
      eraser: find(usages.eraser),
      invert: find(usages.invert),
      pressure: find(usages.tipPressure),
      xTilt: find(usages.xTilt),
      yTilt: find(usages.yTilt),
    };
  }
  return undefined;
}
