import type { ProcessIdentity } from '../../base/process-identity.ts';

/** Who asks, from the most to the least urgent: a person at the bench goes before a developer's run, and that before the night. Nobody is thrown out for another. */
export const leaseClasses = ['person', 'developer', 'night'] as const;
export type LeaseClass = (typeof leaseClasses)[number];

/** What is asked for: `machine/laptop-7`, `unit/uno-1`. */
export type ResourceName = string;

export interface LeaseRequest {
  /** All of them or none. */
  readonly resources: readonly ResourceName[];
  readonly class: LeaseClass;
  /** A name for people: a login, the id of a night. */
  readonly holder: string;
  /** What for, one line. */
  readonly purpose: string;
  /** Milliseconds until it ends by itself. */
  readonly for: number;
  /** A reservation belongs to a person and not to a process: it lives until its deadline. Otherwise the lease dies with this process. */
  readonly reservation?: boolean;
}

/** One resource of a lease. */
export interface LeasedResource {
  readonly name: ResourceName;
  /** Grows with every holder of the resource, for ever. */
  readonly token: number;
  /** Whoever had it before did not leave it in a known state. */
  readonly dirty: boolean;
}

export interface Lease {
  readonly id: string;
  readonly class: LeaseClass;
  readonly holder: string;
  readonly purpose: string;
  /** Milliseconds since 1970, as `endsAt`. */
  readonly takenAt: number;
  readonly endsAt: number;
  readonly resources: readonly LeasedResource[];
  /** The process it dies with; none for a reservation. */
  readonly process?: ProcessIdentity;
}

/** Somebody who waits, and for whom. */
export interface Waiter {
  readonly id: string;
  readonly class: LeaseClass;
  readonly holder: string;
  readonly purpose: string;
  readonly since: number;
  readonly resources: readonly ResourceName[];
}

/** Why a request was not granted: who has it, or who comes first. */
export interface Obstacle {
  readonly resource: ResourceName;
  readonly because: 'held' | 'ahead';
  readonly holder: string;
  readonly class: LeaseClass;
  readonly purpose: string;
  /** When the lease ends; of one who is ahead, since when that one waits. */
  readonly at: number;
}

export type LeaseAnswer = { readonly granted: true; readonly lease: Lease } | { readonly granted: false; readonly obstacles: readonly Obstacle[] };

/** Something that happened to a lease, for `hwlab lab history`. */
export interface LeaseEvent {
  readonly at: number;
  readonly what: 'taken' | 'released' | 'extended' | 'ended' | 'died' | 'silent' | 'taken-back';
  readonly lease: string;
  readonly resource: ResourceName;
  readonly token: number;
  readonly class: LeaseClass;
  readonly holder: string;
  readonly purpose: string;
}
