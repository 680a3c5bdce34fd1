import type { Command } from 'commander';

/** `hwlab bench`: the project's figures, each beside what it is compared with, from one run. */
export function registerBenchCommand(program: Command): void {
  program
    .command('bench')
    .description('print the figures of this project: boots, throughput, touch reports, cells per hour, a bench of twenty machines')
    .option('--only <names>', 'comma-separated: boot, throughput, touch, short-cell, repro, replay, cells, coverage, bisect, lab, metal, lookup (only when named; HWLAB_BENCH_MODELS=1000,10000 for smaller ones)')
    .option('--image <id>', 'the image to measure with', 'debian-12')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  npm run bench\n  ./hwlab bench --only boot,throughput\n  ./hwlab bench --only lookup\n  ./hwlab bench --only lab\n\nExit codes: 0 all goals reached, 1 a goal was missed, 3 the lab could not measure.')
    .action(async (options: { only?: string; image: string; json?: boolean }) => {
      const { runBench } = await import('../../../bench/run-bench.ts');
      process.exitCode = await runBench({ ...(options.only === undefined ? {} : { only: options.only.split(',') }), image: options.image, json: options.json ?? false });
    });
}
