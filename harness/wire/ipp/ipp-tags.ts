import type { IppGroupTag, IppOutOfBandTag, IppStringTag } from './ipp-message.ts';

/** Delimiter tags (RFC 8010, 3.5.1). */
export const groupNumbers: Readonly<Record<IppGroupTag, number>> = {
  operation: 0x01,
  job: 0x02,
  printer: 0x04,
  unsupported: 0x05,
  subscription: 0x06,
  'event-notification': 0x07,
  resource: 0x08,
  document: 0x09,
  system: 0x0a,
};
export const endOfAttributes = 0x03;

/** Out-of-band values (RFC 8010, 3.5.2; RFC 3380). */
export const outOfBandNumbers: Readonly<Record<IppOutOfBandTag, number>> = {
  unsupported: 0x10,
  default: 0x11,
  unknown: 0x12,
  'no-value': 0x13,
  'not-settable': 0x15,
  'delete-attribute': 0x16,
  'admin-define': 0x17,
};

export const stringNumbers: Readonly<Record<IppStringTag, number>> = {
  textWithoutLanguage: 0x41,
  nameWithoutLanguage: 0x42,
  keyword: 0x44,
  uri: 0x45,
  uriScheme: 0x46,
  charset: 0x47,
  naturalLanguage: 0x48,
  mimeMediaType: 0x49,
};

/** The value tags that are neither a string nor out of band. */
export const valueNumbers = {
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  octetString: 0x30,
  dateTime: 0x31,
  resolution: 0x32,
  rangeOfInteger: 0x33,
  collection: 0x34,
  textWithLanguage: 0x35,
  nameWithLanguage: 0x36,
  endCollection: 0x37,
  memberName: 0x4a,
} as const;

function inverse<Name extends string>(numbers: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> {
  return new Map((Object.entries(numbers) as [Name, number][]).map(([name, number]) => [number, name]));
}

export const groupNames = inverse(groupNumbers);
export const outOfBandNames = inverse(outOfBandNumbers);
export const stringNames = inverse(stringNumbers);
