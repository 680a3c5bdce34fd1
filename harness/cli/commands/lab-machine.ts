import type { Command } from 'commander';
import { once } from 'node:events';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { stateFolder } from '../../base/places.ts';
import { cycle } from '../../capabilities/power.ts';
import { createConsole, type ConsoleSpec } from '../../lab/metal-drivers.ts';
import { bootDeviceNeeded, missing, powerNeeded } from '../../lab/drivers-of.ts';
import { machineOf } from '../../lab/inventory/read-lab.ts';
import { unitPower } from '../../lab/unit-power.ts';
import { interruptSignal } from '../interrupt.ts';
import { bare, openLabSession, type LabOptions } from '../lab-session.ts';

const switchings = ['on', 'off', 'cycle', 'shutdown'] as const;
const targets = ['pxe', 'disk', 'none'] as const;

/** `hwlab lab power|boot|console|shell`. */
export function registerLabMachineCommands(lab: Command): void {
  lab
    .command('power')
    .description('the power of a machine, or of a unit by the port of its hub: read it, or switch it and read back')
    .argument('<name>', 'id of a machine or a unit')
    .argument('[to]', 'on, off, cycle or shutdown; read only when left out')
    .option('--lab <file>', 'lab file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab lab power laptop-7\n  ./hwlab lab power laptop-7 cycle\n  ./hwlab lab power uno-1 cycle\n\nSwitching needs nobody else to have it. A cycle is off, read back, on, read back.\n\nExit codes: 0 done and read back (or read), 2 wrong usage, 3 it cannot be read, does not obey, or somebody else has it.')
    .action(async (id: string, to: string | undefined, options: LabOptions) => {
      using session = await openLabSession(options);
      const resource = session.resource(id);
      const unit = session.lab.units.find((one) => resource === `unit/${one.id}`);
      const wanted = switchings.find((one) => one === to);
      if (to !== undefined && wanted === undefined) throw badWord(to, switchings);
      const power = unit ? unitPower(session.lab, unit) : await powerNeeded(machineOf(session.lab, bare(resource)));
      if (wanted !== undefined) {
        // A unit is reset when it is attached.
        const leaves = unit !== undefined || wanted === 'off' || wanted === 'shutdown' ? 'known' : 'unknown';
        await session.underLease(resource, `power ${wanted}`, leaves, async (fence, deadline) => {
          if (wanted === 'cycle') return cycle(power, deadline, { fence });
          if (wanted !== 'shutdown') return power[wanted](deadline, fence);
          if (!power.shutdown) throw new HwlabError({ code: 'power-cannot', blame: 'usage', message: `the power of ${id} cannot ask it to shut down`, advice: `./hwlab lab power ${id} off takes the power away` });
          return power.shutdown(deadline, fence);
        });
      }
      let why = '';
      const state = await power.state(Deadline.after(20_000), (text) => (why = text));
      if (state === 'unknown') process.exitCode = 3;
      process.stdout.write(options.json ? `${JSON.stringify({ [unit ? 'unit' : 'machine']: bare(resource), power: state, ...(state === 'unknown' ? { powerProblem: why } : {}) })}\n` : `${id} is ${state === 'unknown' ? `in an unknown state, nobody can tell whether it is on: ${why}` : state}\n`);
    });

  lab
    .command('boot')
    .description('from what a machine boots next: read it, or choose it for one time and read back')
    .argument('<machine>', 'its id')
    .argument('[from]', 'pxe, disk or none; read only when left out')
    .option('--lab <file>', 'lab file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab lab boot laptop-7\n  ./hwlab lab boot laptop-7 pxe\n\nExit codes: 0 done and read back (or read), 2 wrong usage, 3 it does not obey, or somebody else has it.')
    .action(async (id: string, from: string | undefined, options: LabOptions) => {
      using session = await openLabSession(options);
      const machine = machineOf(session.lab, id);
      const wanted = targets.find((one) => one === from);
      if (from !== undefined && wanted === undefined) throw badWord(from, targets);
      const boot = await bootDeviceNeeded(machine);
      if (wanted !== undefined) await session.underLease(`machine/${id}`, `boot from ${wanted}`, 'unknown', async (fence, deadline) => boot.set(wanted, { firmware: machine.firmware, fence }, deadline));
      const next = await boot.get(Deadline.after(20_000));
      process.stdout.write(options.json ? `${JSON.stringify({ machine: id, boot: next })}\n` : `${id} boots next ${next === 'none' ? 'in its own order' : next === 'unknown' ? 'from something that is none of ours' : `from ${next}`}\n`);
    });

  lab
    .command('console')
    .description('watch the serial console of a machine, with times, until Ctrl-C; what is typed is sent line by line')
    .argument('<machine>', 'its id')
    .option('--read-only', 'send nothing; needs no lease')
    .option('--lab <file>', 'lab file')
    .option('--json', 'one JSON object a line')
    .addHelpText('after', '\nExamples:\n  ./hwlab lab console laptop-7\n  ./hwlab lab console laptop-7 --read-only --json\n\nIt is kept in consoles/ of the state folder too, the last twenty times. A controller has one console: a night that runs there has it.\n\nExit codes: 130 after Ctrl-C, 2 wrong usage, 3 it cannot be had.')
    .action(async (id: string, options: LabOptions & { readonly readOnly?: boolean }) => {
      using session = await openLabSession(options);
      const machine = machineOf(session.lab, id);
      if (machine.console === undefined) throw missing(machine, 'console');
      const spec = machine.console as ConsoleSpec;
      const watch = async (deadline: Deadline): Promise<void> => {
        await using link = await createConsole(spec);
        link.onLine(({ at, text, from }) => void process.stdout.write(options.json ? `${JSON.stringify({ at, text, from })}\n` : `${(at / 1000).toFixed(3).padStart(9)} ${from === 'note' ? '-- ' : ''}${text}\n`));
        await link.start(await consoleFile(id), deadline.within(30_000));
        const typed = (chunk: Buffer): void => void link.send(chunk.toString().replaceAll('\n', '\r'), deadline.within(5000)).catch((error: unknown) => void process.stderr.write(`hwlab: ${messageOf(error)}\n`));
        if (options.readOnly !== true) process.stdin.on('data', typed);
        try {
          if (!deadline.signal.aborted) await once(deadline.signal, 'abort');
        } finally {
          process.stdin.off('data', typed).pause();
        }
        deadline.check(`the console of ${id}`);
      };
      if (options.readOnly === true) await watch(Deadline.after(12 * 3600_000, interruptSignal()));
      else await session.underLease(`machine/${id}`, 'the console', 'unknown', async (_fence, deadline) => watch(deadline), 12 * 3600_000);
    });

  lab
    .command('shell')
    .description('log in to a machine that runs, with ssh')
    .argument('<machine>', 'its id')
    .argument('[command...]', 'a command instead of a session; after --')
    .option('--user <name>', 'login', 'root')
    .option('--key <file>', 'private key')
    .option('--lab <file>', 'lab file')
    .addHelpText('after', "\nExamples:\n  ./hwlab lab shell laptop-7\n  ./hwlab lab shell laptop-7 -- journalctl -b -p err\n\nExit codes: of ssh and of the command; 3 when somebody else has it. The machine is not kept for you: reserve it first.")
    .action(async (id: string, command: readonly string[], options: LabOptions & { readonly user: string; readonly key?: string }) => {
      using session = await openLabSession(options);
      const machine = machineOf(session.lab, id);
      const address = machine.network[0].address;
      if (address === undefined) throw missing(machine, 'network');
      await session.underLease(
        `machine/${id}`,
        'a shell',
        'unknown',
        async (_fence, deadline) => {
          await mkdir(join(stateFolder(), 'known-hosts'), { recursive: true, mode: 0o700 });
          const key = options.key === undefined ? [] : ['-i', options.key];
          const { exitCode } = await execa('ssh', [...key, '-l', options.user, ...knownHosts(id), '-o', 'ConnectTimeout=10', '-o', 'ServerAliveInterval=10', '--', address, ...command], { stdio: 'inherit', reject: false, cancelSignal: deadline.signal });
          process.exitCode = exitCode ?? 3;
        },
        12 * 3600_000,
      );
    });
}

const mostConsoles = 20;

/** A new file for what a machine's console says; the oldest of the machine go. */
async function consoleFile(id: string): Promise<string> {
  const folder = join(stateFolder(), 'consoles', id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = (await readdir(folder)).sort();
  for (const name of kept.slice(0, Math.max(0, kept.length - mostConsoles + 1))) await rm(join(folder, name), { force: true });
  return join(folder, `${new Date().toISOString().replaceAll(':', '')}.log`);
}

/** Each machine has keys of its own here: what is booted anew every night must not fill a person's file. A key that changed is refused, and ssh says how to forget the old one. */
function knownHosts(id: string): readonly string[] {
  return ['-o', `UserKnownHostsFile=${join(stateFolder(), 'known-hosts', id)}`, '-o', `HostKeyAlias=${id}`, '-o', 'StrictHostKeyChecking=accept-new'];
}

function badWord(word: string, known: readonly string[]): HwlabError {
  return new HwlabError({ code: 'bad-arguments', blame: 'usage', message: `"${word.slice(0, 40)}" is none of ${known.join(', ')}` });
}
