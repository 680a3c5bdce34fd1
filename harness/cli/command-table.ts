import type { Command } from 'commander';

export interface CommandEntry {
  readonly names: readonly string[];
  readonly register: (program: Command) => Promise<void>;
}

/** Every command and the module that holds it, in the order of the help. */
export const commandTable: readonly CommandEntry[] = [
  { names: ['nightly'], register: async (program) => (await import('./commands/nightly.ts')).registerNightlyCommand(program) },
  { names: ['run'], register: async (program) => (await import('./commands/run.ts')).registerRunCommand(program) },
  { names: ['try'], register: async (program) => (await import('./commands/try.ts')).registerTryCommand(program) },
  { names: ['repro'], register: async (program) => (await import('./commands/repro.ts')).registerReproCommand(program) },
  { names: ['investigate'], register: async (program) => (await import('./commands/investigate.ts')).registerInvestigateCommand(program) },
  { names: ['known-issue'], register: async (program) => (await import('./commands/known-issue.ts')).registerKnownIssueCommand(program) },
  { names: ['bisect'], register: async (program) => (await import('./commands/bisect.ts')).registerBisectCommand(program) },
  { names: ['bundle'], register: async (program) => (await import('./commands/bundle.ts')).registerBundleCommand(program) },
  { names: ['diff'], register: async (program) => (await import('./commands/diff.ts')).registerDiffCommand(program) },
  { names: ['trace'], register: async (program) => (await import('./commands/trace.ts')).registerTraceCommand(program) },
  { names: ['hold'], register: async (program) => (await import('./commands/hold.ts')).registerHoldCommand(program) },
  { names: ['check'], register: async (program) => (await import('./commands/check.ts')).registerCheckCommand(program) },
  { names: ['identify'], register: async (program) => (await import('./commands/identify.ts')).registerIdentifyCommand(program) },
  { names: ['site'], register: async (program) => (await import('./commands/site.ts')).registerSiteCommand(program) },
  { names: ['serve'], register: async (program) => (await import('./commands/serve.ts')).registerServeCommand(program) },
  { names: ['watch'], register: async (program) => (await import('./commands/watch.ts')).registerWatchCommand(program) },
  { names: ['report'], register: async (program) => (await import('./commands/report.ts')).registerReportCommand(program) },
  { names: ['image'], register: async (program) => (await import('./commands/image.ts')).registerImageCommand(program) },
  { names: ['model', 'plan', 'machine'], register: async (program) => (await import('./commands/list.ts')).registerListCommands(program) },
  { names: ['suite'], register: async (program) => (await import('./commands/suite.ts')).registerSuiteCommand(program) },
  { names: ['personality'], register: async (program) => (await import('./commands/personality.ts')).registerPersonalityCommand(program) },
  { names: ['cassette'], register: async (program) => (await import('./commands/cassette.ts')).registerCassetteCommand(program) },
  { names: ['db'], register: async (program) => (await import('./commands/db.ts')).registerDbCommand(program) },
  { names: ['lab'], register: async (program) => (await import('./commands/lab.ts')).registerLabCommand(program) },
  { names: ['doctor'], register: async (program) => (await import('./commands/doctor.ts')).registerDoctorCommand(program) },
  { names: ['reap'], register: async (program) => (await import('./commands/reap.ts')).registerReapCommand(program) },
  { names: ['test'], register: async (program) => (await import('./commands/test.ts')).registerTestCommand(program) },
  { names: ['bench'], register: async (program) => (await import('./commands/bench.ts')).registerBenchCommand(program) },
];
