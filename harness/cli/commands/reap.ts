import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { reap } from '../../lab/reap.ts';

/** `hwlab reap`: removes machines and folders of runs that are no longer alive. */
export function registerReapCommand(program: Command): void {
  program
    .command('reap')
    .description('remove machines and folders that killed runs left; living runs are not touched')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  ./hwlab reap\n\nExit codes: 0, or 3 when libvirt does not answer. Every night does this by itself when it starts.')
    .action(async (options: { json?: boolean }) => {
      const found = await reap(Deadline.after(60_000));
      if (options.json) process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
      else process.stdout.write(`removed ${found.domains.length} machines and ${found.folders.length} folders${[...found.domains, ...found.folders].map((name) => `\n  ${name}`).join('')}\n`);
    });
}
