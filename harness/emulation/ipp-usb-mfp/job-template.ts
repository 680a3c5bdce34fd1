import type { IppAttribute, IppValue } from '../../wire/ipp/ipp-message.ts';

/** Job template attributes (RFC 8011, 5.2; PWG 5100.3, 5100.7, 5100.11, 5100.13): their `-default`, `-supported` and `-ready` are the group `job-template`. */
const templateNames: ReadonlySet<string> = new Set(
  (
    'copies cover-back cover-front feed-orientation finishings finishings-col force-front-side imposition-template job-account-id job-accounting-user-id job-delay-output-until ' +
    'job-error-action job-error-sheet job-hold-until job-pages-per-set job-priority job-sheet-message job-sheets job-sheets-col media media-col multiple-document-handling number-up ' +
    'orientation-requested output-bin output-device overrides page-delivery page-ranges pages-per-subset pdl-init-file presentation-direction-number-up print-color-mode ' +
    'print-content-optimize print-quality print-rendering-intent print-scaling printer-resolution separator-sheets sides x-image-position y-image-position'
  ).split(' '),
);

export function isJobTemplate(attributeName: string): boolean {
  return templateNames.has(attributeName.replace(/-(default|supported|ready)$/, ''));
}

/** The job attributes that the printer does not support, as a response lists them: the value as it came, or `unsupported` for an unknown name (RFC 8011, 4.1.7). */
export function unsupportedOf(job: readonly IppAttribute[], printer: readonly IppAttribute[]): IppAttribute[] {
  return job.flatMap((attribute): IppAttribute[] => {
    const supported = printer.find(({ name }) => name === `${attribute.name}-supported`);
    if (!supported) return [{ name: attribute.name, values: [{ tag: 'unsupported' }] }];
    const refused = attribute.values.filter((value) => !supports(supported.values, value));
    return refused.length > 0 ? [{ name: attribute.name, values: refused }] : [];
  });
}

function supports(supported: readonly IppValue[], wanted: IppValue): boolean {
  // A collection's members are not looked into, and `page-ranges-supported` is only a boolean.
  if (wanted.tag === 'collection' || supported.some(({ tag }) => tag === 'boolean')) return true;
  return supported.some((value) => {
    if (value.tag === 'rangeOfInteger') return wanted.tag === 'integer' && wanted.value >= value.lower && wanted.value <= value.upper;
    if (value.tag === 'resolution') return wanted.tag === 'resolution' && wanted.x === value.x && wanted.y === value.y && wanted.units === value.units;
    // job-priority-supported is the number of levels, and any of 1..100 is taken (RFC 8011, 5.2.1).
    if (value.tag === 'integer') return wanted.tag === 'integer';
    return 'value' in value && 'value' in wanted && value.value === wanted.value;
  });
}
