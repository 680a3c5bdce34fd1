import type { CoverageDriver, CoverageIndex } from '../coverage-index.ts';

/** An index of an image with these drivers, each with what it claims. */
export function coverageOf(...drivers: readonly (readonly [Partial<CoverageDriver> & { readonly name: string }, ...string[]])[]): CoverageIndex {
  return {
    schema: 'hwlab/coverage-index/1',
    reader: 1,
    sha256: '0'.repeat(64),
    system: 'Test Linux 1',
    layout: 'ext4 in the whole disk',
    kernel: '6.1.0-1-amd64',
    readAt: '2026-11-22T00:00:00.000Z',
    notes: [],
    drivers: drivers.map(([driver]) => ({ kind: 'kernel', file: `/usr/lib/${driver.name}`, package: 'linux', source: '/usr/lib/modules/6.1.0-1-amd64/modules.alias', ...driver })),
    claims: drivers.flatMap(([, ...patterns], at) => patterns.map((pattern) => [at, pattern] as const)),
    classes: { ippUsb: '', driverless: '', airscan: '', cupsUsb: '', languages: {}, ippUsbBlacklist: [] },
    names: { 'usb 1a86:7523': 'QinHeng Electronics CH340 serial converter' },
    packages: { linux: '6.1' },
  };
}
