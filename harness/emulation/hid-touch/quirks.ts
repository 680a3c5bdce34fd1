import type { DescriptorEdits } from '../../wire/hid/edit-descriptor.ts';

/**
 * What real firmware does otherwise than the specification says; all of it can be combined. Personalities set these
 * (fixtures/personalities); each names the public thread in which it was seen.
 */
export interface TouchQuirks {
  /** What stands in Contact Count: one less than there are, always 1, always the fingers of a whole report, nothing, or the full count in every report of a frame. */
  readonly contactCount?: 'one-less' | 'one' | 'room' | 'zero' | 'each-report';
  /** Finger fields that hold no contact keep what they held last, tip switch included. */
  readonly emptySlots?: 'stale';
  /** After the first contact comes an invalid one with its number: no tip, no confidence, no place. */
  readonly duplicateContact?: boolean;
  /** Each contact has an identifier of its own until the numbers run out. */
  readonly contactIds?: 'never-reused';
  /** A lifted contact is left out of the next report, or there is no report when the last one lifts. */
  readonly lifts?: 'left-out' | 'silent';
  /** The first contact is missing in every n-th frame. */
  readonly flickerEvery?: number;
  /** A contact at rest wanders by this fraction of the panel. */
  readonly jitter?: number;
  /** Places are sent in units this many times finer than the report descriptor says. */
  readonly sensorScale?: number;
  /** Scan Time never changes. */
  readonly scanTime?: 'constant';
  /** Milliseconds for which the first contact after a plug or between tests is not sent. */
  readonly wakes?: number;
  /** GET_REPORT of features ends with a STALL. */
  readonly features?: 'stall';
  /** A mouse click for each touch: as well, or instead until the host has read the certification blob or has set Input Mode. */
  readonly mouse?: 'also' | 'until-certified' | 'until-input-mode';
  /** The pen says that it is turned round when it goes away. */
  readonly pen?: 'leaves-as-eraser';
  readonly descriptor?: DescriptorEdits;
}
