/** The IPP message as data (RFC 8010). A value keeps its tag, so that decoding and encoding again gives the same bytes. */

export type IppStringTag =
  | 'textWithoutLanguage'
  | 'nameWithoutLanguage'
  | 'keyword'
  | 'uri'
  | 'uriScheme'
  | 'charset'
  | 'naturalLanguage'
  | 'mimeMediaType';

export type IppOutOfBandTag = 'unsupported' | 'default' | 'unknown' | 'no-value' | 'not-settable' | 'delete-attribute' | 'admin-define';

export type IppValue =
  | { readonly tag: 'integer' | 'enum'; readonly value: number }
  | { readonly tag: 'boolean'; readonly value: boolean }
  | { readonly tag: IppStringTag; readonly value: string }
  | { readonly tag: 'textWithLanguage' | 'nameWithLanguage'; readonly language: string; readonly value: string }
  /** Hex digits. */
  | { readonly tag: 'octetString'; readonly value: string }
  /** `2026-11-22T03:15:00.5+03:00`: local time with tenths of a second and the offset from UTC (RFC 2579 DateAndTime). */
  | { readonly tag: 'dateTime'; readonly value: string }
  | { readonly tag: 'rangeOfInteger'; readonly lower: number; readonly upper: number }
  | { readonly tag: 'resolution'; readonly x: number; readonly y: number; readonly units: 'dpi' | 'dpcm' }
  | { readonly tag: 'collection'; readonly members: readonly IppAttribute[] }
  | { readonly tag: IppOutOfBandTag }
  /** A tag that this codec does not know; kept as it came. */
  | { readonly tag: 'other'; readonly number: number; readonly value: string };

export interface IppAttribute {
  readonly name: string;
  readonly values: readonly IppValue[];
}

export type IppGroupTag =
  | 'operation'
  | 'job'
  | 'printer'
  | 'unsupported'
  | 'subscription'
  | 'event-notification'
  | 'resource'
  | 'document'
  | 'system';

export interface IppGroup {
  readonly tag: IppGroupTag;
  readonly attributes: readonly IppAttribute[];
}

export interface IppMessage {
  /** [major, minor] */
  readonly version: readonly [number, number];
  /** Operation id of a request, status code of a response. */
  readonly code: number;
  readonly requestId: number;
  readonly groups: readonly IppGroup[];
}
