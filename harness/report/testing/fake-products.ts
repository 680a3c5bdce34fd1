import type { Failure } from '../../db/generated/result.ts';

/** Models of a fake night. The names are of real products, so that their lengths are real. */
export const fakeModels: readonly [FakeModel, ...FakeModel[]] = [
  { id: 'kyocera-ecosys-m2040dn', name: 'Kyocera ECOSYS M2040dn', suite: 'printers' },
  { id: 'hp-laserjet-p2055dn', name: 'HP LaserJet P2055dn', suite: 'printers' },
  { id: 'pantum-bm5100adn', name: 'Pantum BM5100ADN', suite: 'printers' },
  { id: 'canon-i-sensys-mf446x', name: 'Canon i-SENSYS MF446x', suite: 'scanners' },
  { id: 'epson-workforce-ds-530', name: 'Epson WorkForce DS-530', suite: 'scanners' },
  { id: 'kyocera-ecosys-m2040dn-scan', name: 'Kyocera ECOSYS M2040dn', suite: 'scanners' },
  { id: 'sis-touch-0457-1133', name: 'Silicon Integrated Systems interactive panel, 10 contacts and pen (0457:1133)', suite: 'panels' },
  { id: 'nextouch-nextpanel-65', name: 'NexTouch NextPanel 65', suite: 'panels' },
  { id: 'arduino-uno-r3', name: 'Arduino Uno R3', suite: 'robotics' },
  { id: 'arduino-nano-ch340', name: 'Arduino Nano (CH340)', suite: 'robotics' },
  { id: 'lego-mindstorms-ev3', name: 'LEGO MINDSTORMS EV3', suite: 'robotics' },
  { id: 'brother-hl-l5100dn', name: 'Brother HL-L5100DN', suite: 'printers' },
];

export interface FakeModel {
  readonly id: string;
  readonly name: string;
  readonly suite: string;
}

/** The tests of a suite; six each. */
export function fakeTests(suite: string): readonly { readonly title: string; readonly feature: string }[] {
  return testsBySuite[suite] ?? [];
}

const testsBySuite: Readonly<Record<string, readonly { readonly title: string; readonly feature: string }[]>> = {
  printers: [
    { title: 'is listed once by CUPS', feature: 'printing.discovery' },
    { title: 'prints a raw job byte for byte', feature: 'printing.raw' },
    { title: 'prints on both sides when asked', feature: 'printing.duplex' },
    { title: 'reports paper out and goes on after it', feature: 'printing.status' },
    { title: 'survives being unplugged in the middle of a job, and prints the next one', feature: 'printing.hotplug' },
    { title: 'measures bulk throughput', feature: 'printing.throughput' },
  ],
  scanners: [
    { title: 'is listed once by scanimage', feature: 'scanning.discovery' },
    { title: 'scans a page that equals the pattern', feature: 'scanning.flatbed' },
    { title: 'scans three pages from the feeder and ends as it should', feature: 'scanning.feeder' },
    { title: 'cancels a scan', feature: 'scanning.cancel' },
    { title: 'scans at 600 dpi', feature: 'scanning.resolution' },
    { title: 'measures a page', feature: 'scanning.throughput' },
  ],
  panels: [
    { title: 'reports ten touches down, moved and up in the right places', feature: 'touch.multi' },
    { title: 'tells the pen from fingers', feature: 'touch.pen' },
    { title: 'works after suspend', feature: 'touch.resume' },
    { title: 'loses no report in 1,000', feature: 'touch.rate' },
    { title: 'is calibrated to the edges', feature: 'touch.area' },
    { title: 'measures latency', feature: 'touch.latency' },
  ],
  robotics: [
    { title: 'appears as a serial port that a pupil may open', feature: 'robotics.port' },
    { title: 'gives its signature to avrdude', feature: 'robotics.signature' },
    { title: 'takes a program and verifies it', feature: 'robotics.flash' },
    { title: 'goes back to the boot loader on DTR', feature: 'robotics.reset' },
    { title: 'sends text over the serial monitor', feature: 'robotics.monitor' },
    { title: 'measures upload time', feature: 'robotics.throughput' },
  ],
};

/** What a test of this feature says when the product fails it. `said` is appended where a guest's or a device's text would be. */
export function fakeProductFailure(feature: string, said: string): Failure {
  const kind = feature === 'printing.duplex' ? 'duplex' : (feature.split('.')[0] ?? '');
  const [message, expected, actual, file] = failuresByKind[kind] ?? failuresByKind['printing']!;
  return { code: 'assertion-failed', blame: 'product', message: message + said, expected: expected + said, actual, stack: `AssertionError: ${message}${said}\n    at suites/${file}:52:11\n    at runFeature (harness/run/worker/feature-runner.ts:71:9)` };
}

const failuresByKind: Readonly<Record<string, readonly [message: string, expected: string, actual: string, file: string]>> = {
  duplex: ["the printer was asked for two sides: expected 'one-sided' to equal 'two-sided-long-edge'", 'two-sided-long-edge', 'one-sided', 'printers/duplex.suite.ts'],
  printing: ['the printed bytes are not what was sent: they end at byte 65,536 of 131,072', 'length 131072\nsha256 9b1f2ac07e41\nstarts %-12345X@PJL JOB', 'length 65536\nsha256 77c0d1be02f3\nstarts %-12345X@PJL JOB', 'printers/raw.suite.ts'],
  scanning: ['scanimage ended with status 7 after page 2: "Document feeder out of documents" came one page early', 'page-1.png 2480x3508\npage-2.png 2480x3508\npage-3.png 2480x3508', 'page-1.png 2480x3508\npage-2.png 2480x3508', 'scanners/feeder.suite.ts'],
  touch: ['contact 7 was last seen at (1211, 640) and lifted at (1920, 1080)', 'contact 7  up  (1211, 640)', 'contact 7  up  (1920, 1080)', 'panels/multitouch.suite.ts'],
  robotics: ['avrdude: device signature = 0x000000, the board answers 0x1e950f', 'Device signature = 0x1e950f (probably m328p)', 'Device signature = 0x000000', 'robotics/signature.suite.ts'],
};
