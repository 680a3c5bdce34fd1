import type { DeviceAnswer } from '../answers/device-answer.ts';
import type { DeviceClass } from '../generated/device.ts';
import type { AnsweredDevice } from '../answers/device-answer.ts';
import type { EvidenceLevel } from '../verdicts/best-evidence.ts';
import type { Headline } from '../verdicts/headline.ts';
import type { PublicLists } from './public-lists.ts';

/** What the pages and the interface for programs ask. The JSON database read whole and the index of it answer alike. */
export interface LookupSource {
  /** What the data is and how old. */
  about(): DataFacts;
  search(query: SearchQuery): SearchResult;
  /** Words by which a device is found as they are typed; none for an id that is not known. */
  words(device: string): Iterable<string>;
  /** undefined for an id that is not known. */
  answer(device: string): DeviceAnswer | undefined;
  /** Other devices of a class of this one with a better headline on an image, the best first. */
  alternatives(device: string, image: string, most: number): readonly SearchHit[];
  /** What was imported of public lists; beside the answers, never in them. */
  readonly lists: PublicLists;
  close(): void;
}

export interface DataFacts {
  /** Changes whenever the data does: the first 16 hex digits of a SHA-256. */
  readonly version: string;
  /** ISO 8601 of the newest result, or null when there is none. */
  readonly newestResultAt: string | null;
  readonly devices: number;
  readonly results: number;
  /** Images, releases that follow one another in their order, the newest first. */
  readonly images: readonly ImageFacts[];
  /** Vendors with the number of their devices, by name. */
  readonly vendors: readonly { readonly vendor: string; readonly devices: number }[];
  /** Lines of the results that could not be read. */
  readonly badLines: number;
}

export interface ImageFacts {
  readonly id: string;
  /** `Debian 12` */
  readonly name: string;
  readonly line: string | null;
  /** ISO dates */
  readonly releasedAt: string | null;
  readonly supportedUntil: string | null;
}

export interface SearchQuery {
  /** What a person typed; empty finds all. */
  readonly text: string;
  readonly class?: DeviceClass;
  readonly vendor?: string;
  readonly image?: string;
  /** On the image asked for, or on any. */
  readonly headline?: Headline;
  readonly offset: number;
  readonly limit: number;
}

export interface SearchResult {
  /** How many there are in all; at most `mostCounted`, `more` says that there are more. */
  readonly total: number;
  readonly more: boolean;
  readonly hits: readonly SearchHit[];
}

/** A device with its headline on each image, the newest image first. */
export interface SearchHit {
  readonly device: Pick<AnsweredDevice, 'id' | 'vendor' | 'name' | 'fullName' | 'classes' | 'invented' | 'path'>;
  readonly headlines: readonly ImageHeadline[];
}

export interface ImageHeadline {
  readonly image: string;
  readonly headline: Headline;
  readonly level: EvidenceLevel | null;
}

/** Longest text that is looked for. */
export const longestQuery = 200;
/** Most hits of one page of results. */
export const mostHits = 100;
/** Hits are counted up to here. */
export const mostCounted = 1_000;
