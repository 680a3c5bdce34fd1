/** The stable name of a test over nights: `printers/printing.raw/a-raw-job-arrives`. */
export function testId(suite: string, feature: string, title: string): string {
  const slug = title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `${suite}/${feature}/${slug}`;
}
