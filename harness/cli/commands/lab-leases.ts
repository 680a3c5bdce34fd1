import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { readHealth } from '../../lab/health/health-log.ts';
import { healthOf } from '../../lab/health/health-state.ts';
import { wiringOf } from '../../lab/inventory/wiring-of.ts';
import { bringToKnownState } from '../../lab/known-state.ts';
import { fenceOf } from '../../lab/leases/held-lease.ts';
import type { Lease, ResourceName } from '../../lab/leases/lease.ts';
import { nextWarning } from '../../lab/leases/lease-warnings.ts';
import { durationOption, spanWords } from '../duration-option.ts';
import { integerOption } from '../integer-option.ts';
import { interruptSignal } from '../interrupt.ts';
import { bare, type LabSession, names, openLabSession, thisPerson, type LabOptions } from '../lab-session.ts';
import { printTable } from '../print-table.ts';

/** `hwlab lab reserve|extend|release|history`. */
export function registerLabLeaseCommands(lab: Command): void {
  lab
    .command('reserve')
    .description('keep machines and units for yourself until a time; nobody else, and no night, switches them meanwhile')
    .argument('<names...>', 'machines and units; all or none')
    .option('--for <time>', 'how long: 90m, 2h, 3d', durationOption, 2 * 3600_000)
    .option('--why <text>', 'what for; others see it', 'work at the bench')
    .option('--wait <time>', 'stand in line for so long when somebody has it', durationOption)
    .option('--as-is', 'leave it as it is; otherwise a machine that was left in an unknown state is switched off first')
    .option('--stay', 'stay and warn when it ends; Ctrl-C gives it back')
    .option('--lab <file>', 'lab file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab lab reserve laptop-7 --for 2h --why "no sound after sleep"\n  ./hwlab lab reserve laptop-7 uno-1 --for 30m --wait 1h\n\nA person comes before a developer, a developer before the night; nobody is thrown out.\n\nExit codes: 0 it is yours, 2 wrong usage, 3 somebody else has it.')
    .action(async (list: readonly string[], options: LabOptions & { readonly for: number; readonly why: string; readonly wait?: number; readonly asIs?: boolean; readonly stay?: boolean }) => {
      using session = await openLabSession(options);
      const lease = await session.reserve(list.map((name) => session.resource(name)), { purpose: options.why.slice(0, 200), for: options.for, wait: options.wait ?? 1, asIs: options.asIs ?? false });
      if (options.json) process.stdout.write(`${JSON.stringify(lease, null, 2)}\n`);
      else process.stdout.write(`${names(lease)} ${lease.resources.length > 1 ? 'are' : 'is'} yours until ${clock(lease.endsAt)}; give it back: ./hwlab lab release ${bare(lease.resources[0]?.name ?? '')}\n`);
      if (options.stay) await stayAndWarn(session, lease);
    });

  lab
    .command('extend')
    .description('keep what you have reserved for longer')
    .argument('<name>', 'one of the reserved things, or the id of the lease')
    .option('--for <time>', 'so long from now', durationOption, 3600_000)
    .option('--lab <file>', 'lab file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  ./hwlab lab extend laptop-7 --for 1h\n\nExit codes: 0 extended, 2 it is not yours, 3 it has ended.')
    .action(async (name: string, options: LabOptions & { readonly for: number }) => {
      using session = await openLabSession(options);
      const lease = session.book.extend(ownLease(session, name).id, options.for);
      if (options.json) process.stdout.write(`${JSON.stringify(lease, null, 2)}\n`);
      else process.stdout.write(`${names(lease)}: yours until ${clock(lease.endsAt)}\n`);
    });

  lab
    .command('release')
    .description('give back what you have reserved; machines are switched off')
    .argument('<name>', 'one of the reserved things, or the id of the lease')
    .option('--as-is', 'switch nothing off: the next one finds it in an unknown state')
    .option('--force', "also what is somebody else's; it is written down")
    .option('--lab <file>', 'lab file')
    .option('--json', 'print JSON')
    .addHelpText('after', "\nExample:\n  ./hwlab lab release laptop-7\n\nExit codes: 0 given back, 2 it is not yours, 3 it was given back and does not switch off.")
    .action(async (name: string, options: LabOptions & { readonly asIs?: boolean; readonly force?: boolean }) => {
      using session = await openLabSession(options);
      const lease = options.force ? session.leaseOf(name) : ownLease(session, name);
      const foreign = lease.holder !== thisPerson() || lease.process !== undefined;
      // What somebody else holds is not switched under their hands: it is taken away and left dirty.
      const { clean, failed } = options.asIs === true || foreign ? { clean: [], failed: undefined } : await switchOff(session, lease);
      session.book.release(lease.id, clean, foreign ? 'taken-back' : 'released');
      if (options.json) process.stdout.write(`${JSON.stringify({ released: lease.id, clean, left: lease.resources.map((one) => one.name).filter((one) => !clean.includes(one)) }, null, 2)}\n`);
      else process.stdout.write(`${names(lease)} ${lease.resources.length > 1 ? 'are' : 'is'} free${clean.some((one) => one.startsWith('machine/')) ? ', and off' : ''}\n`);
      if (failed !== undefined) throw failed;
    });

  lab
    .command('history')
    .description('what happened: checks and quarantines, and who had what; of all or of one')
    .argument('[name]', 'a machine, a unit, or a shared part such as "strip strip-1"')
    .option('--last <count>', 'the newest so many', integerOption('--last', 1, 10_000), 50)
    .option('--lab <file>', 'lab file')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExamples:\n  ./hwlab lab history laptop-7\n  ./hwlab lab history "strip strip-1" --json\n\nExit codes: 0, or 2 for an unknown name.')
    .action(async (name: string | undefined, options: LabOptions & { readonly last: number }) => {
      using session = await openLabSession(options);
      const records = await readHealth();
      const health = healthOf(records, wiringOf(session.lab), Date.now());
      const only = name === undefined ? undefined : health.some(({ subject }) => subject === name) ? name : session.resource(name);
      const mine = (subject: string): boolean => only === undefined || subject === only;
      const events = [
        ...session.book.events(50_000).filter(({ resource }) => mine(resource)).map((event) => ({ at: event.at, subject: event.resource, what: event.what as string, detail: `${event.holder} (${event.class}: ${event.purpose}), token ${event.token}` })),
        ...records.filter(({ subject }) => mine(subject)).map((record) => ({ at: Date.parse(record.at), subject: record.subject, what: `check ${record.outcome}`, detail: [record.when, record.code, record.message].filter((word) => word !== undefined).join(': ') })),
        ...health.filter(({ subject }) => mine(subject)).flatMap(({ subject, changes }) => changes.map(({ at, to, why }) => ({ at, subject, what: to as string, detail: why }))),
      ].toSorted((one, other) => one.at - other.at).slice(-options.last);
      if (options.json) process.stdout.write(`${JSON.stringify(events.map((event) => ({ ...event, at: new Date(event.at).toISOString() })), null, 2)}\n`);
      else printTable(events.map(({ at, subject, what, detail }) => ({ when: clock(at), what: subject, happened: what, detail })), false);
    });
}

async function stayAndWarn(session: LabSession, lease: Lease): Promise<void> {
  const signal = interruptSignal({ code: 'interrupted', says: 'giving it back' });
  for (let now = Date.now(); now < lease.endsAt && !signal.aborted; now = Date.now()) {
    const standing = session.book.leases().find(({ id }) => id === lease.id);
    if (!standing) throw new HwlabError({ code: 'lease-lost', blame: 'lab', message: `${names(lease)} is not yours any more`, advice: `./hwlab lab history ${bare(lease.resources[0]?.name ?? '')}` });
    const due = nextWarning(standing, now);
    await delay(Math.min((due ?? standing.endsAt) - now, 5000), undefined, { signal }).catch(() => undefined);
    if (due !== undefined && Date.now() >= due) process.stderr.write(`\u0007hwlab: ${names(lease)} is yours for ${spanWords(standing.endsAt - Date.now())} more\n`);
  }
  const { clean } = await switchOff(session, lease);
  session.book.release(lease.id, clean);
}

/** What could be brought into a known state, and the first error if not all could. */
async function switchOff(session: LabSession, lease: Lease): Promise<{ readonly clean: readonly ResourceName[]; readonly failed: HwlabError | undefined }> {
  const clean: ResourceName[] = [];
  let failed: HwlabError | undefined;
  for (const part of lease.resources) {
    try {
      await bringToKnownState(session.lab, part.name, fenceOf(session.book, lease.id, part), Deadline.after(2 * 60_000));
      clean.push(part.name);
    } catch (error) {
      failed ??= error instanceof HwlabError ? error : new HwlabError({ code: 'release-broke', blame: 'harness', message: messageOf(error), cause: error });
    }
  }
  return { clean, failed };
}

function ownLease(session: LabSession, name: string): Lease {
  const lease = session.leaseOf(name);
  if (lease.holder === thisPerson() && lease.process === undefined) return lease;
  throw new HwlabError({ code: 'not-yours', blame: 'usage', message: `${names(lease)} is held by ${lease.holder} (${lease.class}: ${lease.purpose}) and not reserved by ${thisPerson()}`, advice: 'ask them; ./hwlab lab release --force takes it away' });
}

/** Local time, to the minute. */
function clock(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
