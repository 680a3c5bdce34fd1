import { hidError } from './hid-error.ts';
import { usages } from './digitizer-usages.ts';
import { applicationOf, type HidCollection, type HidField, type HidReport, type HidReportDescriptor } from './report-descriptor.ts';

/** The fields of one finger in the touch report. */
export interface FingerFields {
  readonly tip: HidField;
  readonly contactId: HidField | undefined;
  readonly x: HidField;
  readonly y: HidField;
  readonly inRange: HidField | undefined;
  readonly confidence: HidField | undefined;
  readonly width: HidField | undefined;
  readonly height: HidField | undefined;
  readonly pressure: HidField | undefined;
}

/** Where a touch screen's report holds what. */
export interface TouchLayout {
  readonly report: HidReport;
  /** At least one; the number of contacts that one report carries. */
  readonly fingers: readonly FingerFields[];
  readonly contactCount: HidField | undefined;
  readonly scanTime: HidField | undefined;
}

/**
 * Finds the touch report: the input report below a Touch Screen collection with the most fingers. A report of styluses in such a collection
 * (SMART 0b8c:0092 has one beside that of its fingers) is taken only where there is no other.
 * @throws HwlabError usage `hid-no-touch` when no report has a finger with tip switch, X and Y
 */
export function findTouchLayout(descriptor: HidReportDescriptor): TouchLayout {
  const layout = mostFingers(descriptor, (group) => group.every(({ collection }) => collection.usage !== usages.stylus)) ?? mostFingers(descriptor, () => true);
  if (!layout) throw hidError('hid-no-touch', 'report descriptor has no touch report: no input report of a Touch Screen collection has a tip switch, X and Y');
  return layout;
}

function mostFingers(descriptor: HidReportDescriptor, isFinger: (group: readonly HidField[]) => boolean): TouchLayout | undefined {
  let best: TouchLayout | undefined;
  for (const report of descriptor.reports) {
    if (report.kind !== 'input') continue;
    const fields = report.fields.filter((field) => applicationOf(field) === usages.touchScreen && !field.array);
    const fingers = groupByFinger(fields).flatMap((group) => (isFinger(group) ? (fingerOf(group) ?? []) : []));
    if (fingers.length <= (best?.fingers.length ?? 0)) continue;
    best = {
      report,
      fingers,
      contactCount: fields.find((field) => field.usage === usages.contactCount),
      scanTime: fields.find((field) => field.usage === usages.scanTime),
    };
  }
  return best;
}

/**
 * Splits the fields into fingers: one collection below the application is one finger, and where a descriptor puts several
 * fingers into one collection (seen in the field) a second tip switch begins the next.
 */
function groupByFinger(fields: readonly HidField[]): HidField[][] {
  const groups: HidField[][] = [];
  let collection: HidCollection | undefined;
  let seen = new Set<number>();
  for (const field of fields) {
    if (field.collection !== collection || (field.usage === usages.tipSwitch && seen.has(field.usage))) {
      groups.push([]);
      seen = new Set();
      collection = field.collection;
    }
    seen.add(field.usage);
    groups.at(-1)?.push(field);
  }
  return groups;
}

function fingerOf(group: readonly HidField[]): FingerFields | undefined {
  const find = (usage: number): HidField | undefined => group.find((field) => field.usage === usage);
  const tip = find(usages.tipSwitch);
  const x = find(usages.x);
  const y = find(usages.y);
  if (!tip || !x || !y) return undefined;
  return {
    tip,
    x,
    y,
    contactId: find(usages.contactId),
    inRange: find(usages.inRange),
    confidence: find(usages.touchValid),
    width: find(usages.width),
    height: find(usages.height),
    pressure: find(usages.tipPressure),
  };
}
