import type { Command } from 'commander';
import { registerLabLeaseCommands } from './lab-leases.ts';
import { registerLabLint } from './lab-lint.ts';
import { registerLabMachineCommands } from './lab-machine.ts';
import { registerLabStatus } from './lab-status.ts';
import { registerLabWiring } from './lab-wiring.ts';

/** `hwlab lab ...`: the machines and units of the bench. */
export function registerLabCommand(program: Command): void {
  const lab = program
    .command('lab')
    .description('the machines and units of the bench: what they do, who has them, how they are')
    .addHelpText(
      'after',
      `
The lab file is lab.yaml, HWLAB_LAB or --lab FILE; fixtures/lab/bench.yaml is an example, docs/lab.md says what its words mean.

Examples:
  ./hwlab lab status
  ./hwlab lab reserve laptop-7 --for 2h --why "no sound after sleep"
  ./hwlab lab power laptop-7 cycle

Exit codes: 0 done, 1 the lab is not as its file says, or something is in quarantine, 2 wrong usage or a wrong lab file, 3 the lab's fault: somebody else has it, a controller does not obey.`,
    );
  registerLabStatus(lab);
  registerLabMachineCommands(lab);
  registerLabLeaseCommands(lab);
  registerLabWiring(lab);
  registerLabLint(lab);
}
