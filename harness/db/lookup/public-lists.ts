import type { DeviceClass } from '../generated/device.ts';
import type { ExpectedHeadline, SourcedClaim } from '../import/expectation.ts';

/** What public lists and reviewed reports say of a device. Nobody here tried it: it is shown beside answers and never changes one. JSON-safe. */
export interface ListedFacts {
  /** What may be expected by them alone. */
  readonly expectation: ExpectedHeadline;
  /** The strongest evidence among what counts; null when they only name it. Never more than E3. */
  readonly level: 'E1' | 'E3' | null;
  readonly claims: readonly SourcedClaim[];
}

/** A model that is no device of ours: only public lists know it. */
export interface ListedModel extends ListedFacts {
  readonly schema: 'hwlab/listed-model/1';
  readonly id: string;
  readonly vendor: string;
  readonly name: string;
  readonly fullName: string;
  readonly aliases: readonly string[];
  /** `04a9:2213` */
  readonly usb: readonly string[];
  readonly classes: readonly DeviceClass[];
  /** Kinds of lists that name it. */
  readonly listedBy: readonly string[];
  /** Permanent path of its page without language and leading slash: `p/canon-canoscan-lide-35`. */
  readonly path: string;
}

/** One found by its name. */
export type ListedHit = Pick<ListedModel, 'id' | 'fullName' | 'classes' | 'expectation' | 'path'>;

/** What was imported into a database, as far as the pages and commands ask. */
export interface PublicLists {
  /** Models that only lists know. */
  model(id: string): ListedModel | undefined;
  /** Models that only lists know and of which they say something, by id. */
  claimed(): Iterable<ListedModel>;
  /** By the beginnings of words. */
  search(text: string, most: number): readonly ListedHit[];
  /** What lists say of a device of ours; undefined when nothing. */
  factsOf(device: string): ListedFacts | undefined;
}

/** Of a database without any. */
export const noPublicLists: PublicLists = { model: () => undefined, claimed: () => [], search: () => [], factsOf: () => undefined };
