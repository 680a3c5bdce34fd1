import { Deadline } from '../base/deadline.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import type { Power, PowerState } from '../capabilities/power.ts';
import type { SubjectHealth } from './health/health-state.ts';
import type { Lab, LabMachine } from './inventory/lab.ts';
import type { Lease, Waiter } from './leases/lease.ts';
import type { ResourceState } from './leases/lease-book.ts';

/** How long the controllers of all machines together may take to answer, milliseconds. */
export const statusLimit = 3000;

export interface SubjectStatus {
  /** `machine/laptop-7` */
  readonly resource: string;
  readonly name: string;
  readonly kind: string;
  readonly simulator: boolean;
  /** Machines only; `unknown` when nobody can tell, with the reason. */
  readonly power?: PowerState;
  readonly powerProblem?: string;
  readonly health: SubjectHealth['health'];
  readonly healthWhy: string;
  readonly blockedBy?: string;
  /** Nobody has it and nobody left it in a known state. */
  readonly dirty: boolean;
  readonly lease?: Pick<Lease, 'id' | 'class' | 'holder' | 'purpose' | 'endsAt'>;
  /** Who waits for it, in the order of their turns. */
  readonly waiting: readonly Pick<Waiter, 'class' | 'holder' | 'purpose' | 'since'>[];
}

export interface LabStatus {
  readonly lab: string;
  readonly subjects: readonly SubjectStatus[];
  /** Shared parts in quarantine. */
  readonly parts: readonly Pick<SubjectHealth, 'subject' | 'since' | 'why'>[];
}

export interface StatusParts {
  readonly lab: Lab;
  readonly powerOf: (machine: LabMachine) => Promise<Power | undefined>;
  readonly leases: readonly Lease[];
  readonly waiters: readonly Waiter[];
  readonly resources: readonly ResourceState[];
  readonly health: readonly SubjectHealth[];
}

/** Everything of a lab at once. Controllers are asked side by side; one that does not answer in time leaves `unknown` and holds nobody up. */
export async function labStatus(parts: StatusParts, limit: number = statusLimit): Promise<LabStatus> {
  const { lab } = parts;
  const deadline = Deadline.after(limit);
  const machines = await Promise.all(
    lab.machines.map(async (machine) => ({ ...describe(parts, `machine/${machine.id}`), name: machine.name, kind: machine.kind, simulator: machine.simulator ?? false, ...(await askPower(parts, machine, deadline)) })),
  );
  const units = lab.units.map((unit) => ({ ...describe(parts, `unit/${unit.id}`), name: unit.model, kind: 'unit', simulator: unit.simulator ?? false }));
  // Subjects are called machine/NAME or unit/NAME, parts KIND NAME.
  const broken = parts.health.filter(({ subject, health }) => health === 'quarantined' && subject.includes(' '));
  return { lab: lab.name, subjects: [...machines, ...units], parts: broken.map(({ subject, since, why }) => ({ subject, since, why })) };
}

async function askPower(parts: StatusParts, machine: LabMachine, deadline: Deadline): Promise<Pick<SubjectStatus, 'power' | 'powerProblem'>> {
  let why = 'the lab file names no power';
  try {
    const asked = parts.powerOf(machine).then(async (power) => power?.state(deadline, (text) => (why = text)));
    const power = await deadline.race(`the power state of ${machine.id}`, asked);
    return power === 'on' || power === 'off' ? { power } : { power: 'unknown', powerProblem: why };
  } catch (error) {
    return { power: 'unknown', powerProblem: error instanceof HwlabError && error.code === 'deadline-exceeded' ? 'its controller does not answer' : messageOf(error) };
  }
}

function describe({ leases, waiters, resources, health }: StatusParts, resource: string): Pick<SubjectStatus, 'resource' | 'health' | 'healthWhy' | 'blockedBy' | 'dirty' | 'lease' | 'waiting'> {
  const own = health.find(({ subject }) => subject === resource);
  const lease = leases.find((one) => one.resources.some(({ name }) => name === resource));
  return {
    resource,
    health: own?.health ?? 'unknown',
    healthWhy: own?.why ?? 'it was never checked',
    ...(own?.blockedBy === undefined ? {} : { blockedBy: own.blockedBy }),
    dirty: resources.find(({ name }) => name === resource)?.dirty ?? false,
    ...(lease ? { lease: { id: lease.id, class: lease.class, holder: lease.holder, purpose: lease.purpose, endsAt: lease.endsAt } } : {}),
    waiting: waiters.filter((waiter) => waiter.resources.includes(resource)).map(({ class: name, holder, purpose, since }) => ({ class: name, holder, purpose, since })),
  };
}
