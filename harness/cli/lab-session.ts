import { userInfo } from 'node:os';
import { HwlabError } from '../base/hwlab-error.ts';
import { Deadline } from '../base/deadline.ts';
import { didYouMean } from '../base/near-matches.ts';
import type { Lab } from '../lab/inventory/lab.ts';
import { loadLab } from '../lab/inventory/read-lab.ts';
import { bringToKnownState } from '../lab/known-state.ts';
import { fenceOf, obstacleLine, takeLease, type ResourceFence } from '../lab/leases/held-lease.ts';
import type { Lease, ResourceName } from '../lab/leases/lease.ts';
import { LeaseBook } from '../lab/leases/lease-book.ts';
import { leaseFile } from '../lab/leases/lease-store.ts';
import { endingSoon } from '../lab/leases/lease-warnings.ts';
import { interruptSignal } from './interrupt.ts';
import { spanWords } from './duration-option.ts';

export interface LabOptions {
  readonly lab?: string;
  readonly json?: boolean;
}

/** Who asks: HWLAB_USER or the login. */
export function thisPerson(): string {
  const named = process.env['HWLAB_USER'];
  return (named !== undefined && named !== '' ? named : userInfo().username).slice(0, 60);
}

/** What every command about machines needs: the lab, the leases, a warning when an own reservation ends soon. */
export async function openLabSession(options: LabOptions): Promise<LabSession> {
  const lab = await loadLab(options.lab);
  const book = new LeaseBook(leaseFile());
  const now = Date.now();
  for (const lease of endingSoon(book.leases(), now).filter(({ holder }) => holder === thisPerson())) {
    process.stderr.write(`hwlab: your reservation of ${names(lease)} ends in ${spanWords(lease.endsAt - now)}; longer: ./hwlab lab extend ${bare(lease.resources[0]?.name ?? '')} --for 1h\n`);
  }
  return new LabSession(lab, book);
}

export class LabSession implements Disposable {
  readonly lab: Lab;
  readonly book: LeaseBook;

  constructor(lab: Lab, book: LeaseBook) {
    this.lab = lab;
    this.book = book;
  }

  /** `laptop-7` as `machine/laptop-7`. @throws HwlabError usage `unknown-name` */
  resource(name: string): ResourceName {
    const all = [...this.lab.machines.map(({ id }) => `machine/${id}`), ...this.lab.units.map(({ id }) => `unit/${id}`)];
    const found = all.filter((one) => one === name || bare(one) === name);
    if (found.length === 1 && found[0] !== undefined) return found[0];
    if (found.length > 1) throw new HwlabError({ code: 'unclear-name', blame: 'usage', message: `"${name.slice(0, 80)}" is a machine and a unit`, advice: `write ${found.join(' or ')}` });
    throw new HwlabError({ code: 'unknown-name', blame: 'usage', message: `there is no machine and no unit "${name.slice(0, 80)}" in ${this.lab.name}${didYouMean(name, all.map(bare))}`, advice: './hwlab lab status shows all' });
  }

  /** The lease that covers a name, or of that id. @throws HwlabError usage `not-reserved` */
  leaseOf(nameOrLease: string): Lease {
    const leases = this.book.leases();
    const byId = leases.find(({ id }) => id === nameOrLease);
    if (byId) return byId;
    const resource = this.resource(nameOrLease);
    const found = leases.find((lease) => lease.resources.some(({ name }) => name === resource));
    if (!found) throw new HwlabError({ code: 'not-reserved', blame: 'usage', message: `nobody has ${nameOrLease}`, advice: `./hwlab lab reserve ${nameOrLease} --for 2h` });
    return found;
  }

  /**
   * Does something to a machine under the reservation that this person has, or else under a lease for just that long.
   * @param leaves `known` when the work itself leaves the machine off
   * @throws HwlabError lab `lease-held` when somebody else has it
   */
  async underLease<T>(resource: ResourceName, purpose: string, leaves: 'known' | 'unknown', work: (fence: ResourceFence, deadline: Deadline) => Promise<T>, limit = 5 * 60_000): Promise<T> {
    const deadline = Deadline.after(limit, interruptSignal());
    const own = this.book.leases().find((lease) => lease.process === undefined && lease.holder === thisPerson() && lease.resources.some(({ name }) => name === resource));
    const part = own?.resources.find(({ name }) => name === resource);
    if (own && part) return work(fenceOf(this.book, own.id, part), deadline);
    const held = await takeLease(this.book, { resources: [resource], class: 'developer', holder: thisPerson(), purpose, for: limit }, { deadline: deadline.within(1), cleanse: async () => Promise.resolve() });
    let clean: readonly ResourceName[] = [];
    try {
      const result = await work(held.fence(resource), deadline.alsoUntil(held.lost));
      if (leaves === 'known') clean = [resource];
      return result;
    } finally {
      held.release(clean);
    }
  }

  /** Waits for and takes a reservation, and brings into a known state what was left in none, unless `asIs`. */
  async reserve(resources: readonly ResourceName[], options: { readonly purpose: string; readonly for: number; readonly wait: number; readonly asIs: boolean }): Promise<Lease> {
    const deadline = Deadline.after(options.wait, interruptSignal());
    const held = await takeLease(
      this.book,
      { resources, class: 'person', holder: thisPerson(), purpose: options.purpose, for: options.for, reservation: true },
      {
        deadline,
        onWait: (obstacles) => void process.stderr.write(obstacles.map((obstacle) => `hwlab: ${obstacleLine(obstacle)}\n`).join('')),
        cleanse: async ({ name }, fence) => {
          if (options.asIs) return;
          const done = await bringToKnownState(this.lab, name, fence, Deadline.after(2 * 60_000));
          if (done === 'off') process.stderr.write(`hwlab: ${name} was left in an unknown state and is off now\n`);
        },
      },
    );
    return held.lease;
  }

  [Symbol.dispose](): void {
    this.book[Symbol.dispose]();
  }
}

/** `machine/laptop-7` as `laptop-7`. */
export function bare(resource: ResourceName): string {
  return resource.slice(resource.indexOf('/') + 1);
}

export function names(lease: Lease): string {
  return lease.resources.map(({ name }) => bare(name)).join(', ');
}
