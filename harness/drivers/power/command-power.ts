import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand } from '../../base/run-command.ts';
import { obeyedPower, type Patience } from '../../capabilities/obeyed-power.ts';
import type { Power, PowerState } from '../../capabilities/power.ts';

/** Programs with their arguments, never a shell. `state` prints `on`, `off` or anything else for unknown, and exits with 0. */
export interface PowerCommands {
  readonly on: readonly string[];
  readonly off: readonly string[];
  readonly state: readonly string[];
}

/**
 * Power through any programs of this host, for what no other driver speaks. An exit code other than 0 is `power-unreachable`; 77 (as of
 * sysexits.h, EX_NOPERM) is `power-refused`.
 */
export function commandPower(commands: PowerCommands, patience?: Patience): Power {
  const name = `${commands.on[0] ?? ''}`;
  return obeyedPower(
    {
      name,
      soft: false,
      read: async (deadline) => stateByCommand(commands.state, deadline),
      send: async (command, deadline) => void (await run(command === 'on' ? commands.on : commands.off, deadline)),
    },
    patience,
  );
}

/** Runs a program that prints a state. @throws HwlabError `power-unreachable`, `power-refused` */
export async function stateByCommand(command: readonly string[], deadline: Deadline): Promise<PowerState> {
  const said = (await run(command, deadline)).trim();
  return said === 'on' || said === 'off' ? said : 'unknown';
}

async function run(command: readonly string[], deadline: Deadline): Promise<string> {
  const [file, ...args] = command;
  if (file === undefined || file === '') throw new HwlabError({ code: 'lab-file', blame: 'usage', message: 'a power command is empty', advice: 'give the program and its arguments as a list of strings' });
  try {
    const { exitCode, stdout, stderr } = await runCommand(file, args, { deadline, maxOutput: 64 * 1024, accept: [0, 77] });
    if (exitCode === 77) throw new HwlabError({ code: 'power-refused', blame: 'lab', message: `${file} is refused: ${stderr.trim().slice(-300)}` });
    return stdout;
  } catch (error) {
    if (error instanceof HwlabError && ['power-refused', 'command-missing'].includes(error.code)) throw error;
    throw new HwlabError({ code: 'power-unreachable', blame: 'lab', retryable: true, message: `${file} failed`, cause: error });
  }
}
