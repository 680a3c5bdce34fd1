import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { powerOf } from '../../lab/drivers-of.ts';
import { checkMachine } from '../../lab/health/check-machine.ts';
import { appendHealth, readHealth } from '../../lab/health/health-log.ts';
import { healthOf } from '../../lab/health/health-state.ts';
import { wiringOf } from '../../lab/inventory/wiring-of.ts';
import { labStatus, type LabStatus, type SubjectStatus } from '../../lab/lab-status.ts';
import { exitCodes } from '../../run/exit-code.ts';
import { bare, openLabSession, type LabOptions } from '../lab-session.ts';
import { spanWords } from '../duration-option.ts';
import { printTable } from '../print-table.ts';

/** `hwlab lab status|check`. */
export function registerLabStatus(lab: Command): void {
  lab
    .command('status')
    .description('every machine and unit: power, health, who has it, who waits; within five seconds, whatever does not answer')
    .option('--lab <file>', 'lab file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab lab status\n  ./hwlab lab status --json | jq ".subjects[] | select(.lease)"\n\nExit codes: 0 nothing is in quarantine, 1 something is. "unknown" is power that nobody can tell; it is never taken for off.')
    .action(async (options: LabOptions) => {
      using session = await openLabSession(options);
      const { book } = session;
      const health = healthOf(await readHealth(), wiringOf(session.lab), Date.now());
      const status = await labStatus({ lab: session.lab, powerOf, leases: book.leases(), waiters: book.waiters(), resources: book.resources(), health });
      if (status.parts.length > 0 || status.subjects.some((one) => one.health === 'quarantined')) process.exitCode = exitCodes.product;
      if (options.json) process.stdout.write(`${JSON.stringify(status, null, 2)}\n`);
      else printStatus(status, Date.now());
    });

  lab
    .command('check')
    .description('the small check of machines, all by default: does the controller answer, let us in and know the state; written to their history')
    .argument('[machines...]', 'ids')
    .option('--when <when>', 'what for: nightly or asked', 'asked')
    .option('--lab <file>', 'lab file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab lab check\n  ./hwlab lab check laptop-7\n\nTwo failures in a row put a machine in quarantine, a clean check brings it back. Nothing is switched.\n\nExit codes: 0 all well, 3 one is not.')
    .action(async (ids: readonly string[], options: LabOptions & { readonly when: string }) => {
      using session = await openLabSession(options);
      const wanted = ids.length === 0 ? session.lab.machines.map(({ id }) => `machine/${id}`) : ids.map((id) => session.resource(id));
      const deadline = Deadline.after(60_000);
      const records = await Promise.all(
        session.lab.machines.filter(({ id }) => wanted.includes(`machine/${id}`)).map(async (machine) =>
          checkMachine(`machine/${machine.id}`, { power: { state: async (until, because) => (await powerOf(machine))?.state(until, because) ?? 'unknown' } }, deadline.within(20_000), { when: options.when === 'nightly' ? 'nightly' : 'asked' }, new Date()),
        ),
      );
      for (const record of records) await appendHealth(record);
      if (records.some(({ outcome }) => outcome === 'failed')) process.exitCode = exitCodes.lab;
      const health = healthOf(await readHealth(), wiringOf(session.lab), Date.now());
      const rows = records.map(({ subject, outcome, message }) => ({ machine: bare(subject), check: outcome, health: health.find((one) => one.subject === subject)?.health ?? 'unknown', why: message ?? '' }));
      if (options.json) process.stdout.write(`${JSON.stringify(records, null, 2)}\n`);
      else printTable(rows, false);
    });
}

function printStatus({ lab, subjects, parts }: LabStatus, now: number): void {
  process.stdout.write(`${lab}\n\n`);
  printTable(
    subjects.map((one) => ({ name: `${bare(one.resource)}${one.simulator ? ' (simulator)' : ''}`, kind: one.kind, power: one.power ?? '-', health: healthWords(one), 'held by': heldWords(one, now), 'waiting, in turn': one.waiting.map(({ holder, class: name }) => `${holder} (${name})`).join(', ') })),
    false,
  );
  const notes = [
    ...parts.map(({ subject, why }) => `${subject} is in quarantine: ${why}`),
    ...subjects.flatMap((one) => (one.health === 'quarantined' ? [`${bare(one.resource)} is in quarantine: ${one.healthWhy}`] : [])),
    ...subjects.flatMap((one) => (one.powerProblem === undefined ? [] : [`${bare(one.resource)}: power unknown: ${one.powerProblem}`])),
    ...subjects.flatMap((one) => (one.dirty ? [`${bare(one.resource)} was left in an unknown state; whoever takes it next finds it switched off`] : [])),
  ];
  process.stdout.write(notes.length === 0 ? '' : `\n${notes.map((note) => `- ${note}`).join('\n')}\n`);
}

function healthWords({ health, blockedBy }: SubjectStatus): string {
  return blockedBy === undefined ? health : `${health}, but ${blockedBy} is broken`;
}

function heldWords({ lease }: SubjectStatus, now: number): string {
  return lease === undefined ? '-' : `${lease.holder} (${lease.class}: ${lease.purpose}), ${spanWords(lease.endsAt - now)} left`;
}
