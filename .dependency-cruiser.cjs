/**
 * Directions of imports, one rule a room: base < wire < emulation, capabilities < drivers < machines < lab < run < repro < cli.
 * A room may import itself, what is listed, and packages.
 */
const rooms = {
  base: [],
  wire: ['base'],
  db: ['base', 'wire'],
  emulation: ['base', 'wire', 'db'],
  capabilities: ['base', 'wire', 'emulation'],
  drivers: ['base', 'wire', 'emulation', 'capabilities'],
  setup: ['base'],
  images: ['base', 'db', 'drivers'],
  machines: ['base', 'db', 'wire', 'emulation', 'capabilities', 'drivers', 'images'],
  lab: ['base', 'db', 'wire', 'emulation', 'capabilities', 'drivers', 'images', 'machines'],
  report: ['base', 'wire', 'db'],
  run: ['base', 'db', 'wire', 'emulation', 'capabilities', 'drivers', 'setup', 'images', 'machines', 'lab', 'report'],
  doctor: ['base', 'db', 'drivers', 'setup', 'images', 'machines', 'lab'],
  repro: ['base', 'db', 'wire', 'emulation', 'capabilities', 'drivers', 'setup', 'images', 'machines', 'lab', 'report', 'run'],
  web: ['base', 'db', 'report'],
};

const roomRules = Object.entries(rooms).map(([room, below]) => ({
  name: `direction-${room}`,
  comment: `${room} may import ${[...below, 'packages'].join(', ')}`,
  severity: 'error',
  from: { path: `^harness/${room}/` },
  to: { path: '^(harness|suites|tests|scripts|bench)/', pathNot: `^harness/(${[room, ...below].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    {
      name: 'cli-is-the-top',
      comment: 'nothing imports the command line',
      severity: 'error',
      from: { pathNot: '^(harness/cli|tests|bench)/' },
      to: { path: '^harness/cli/' },
    },
    {
      name: 'drivers-apart',
      comment: 'a driver does not import another driver',
      severity: 'error',
      from: { path: '^harness/drivers/([^/]+)/' },
      to: { path: '^harness/drivers/[^/]+/', pathNot: '^harness/drivers/$1/' },
    },
    {
      name: 'suites-see-the-index',
      comment: 'suites import the public surface of the harness and nothing else of it',
      severity: 'error',
      from: { path: '^suites/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(harness|tests|scripts|bench)/', pathNot: '^harness/index\\.ts$' },
    },
    {
      name: 'wire-is-pure',
      comment: 'codecs do no input or output and know no clock',
      severity: 'error',
      from: { path: '^harness/wire/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(buffer|zlib|assert|util|string_decoder)$' },
    },
    {
      name: 'no-testing-code-in-the-product',
      comment: 'files under testing/ are for tests',
      severity: 'error',
      from: { path: '^(harness|suites)/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { path: '/testing/' },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-packages-in-the-product',
      severity: 'error',
      from: { path: '^(harness|suites)/', pathNot: '(\\.test\\.ts$|/testing/)' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.json'], exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'], mainFields: ['main', 'types'] },
  },
};
