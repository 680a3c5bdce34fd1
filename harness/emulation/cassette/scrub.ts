import type { CassetteEvent } from '../../wire/cassette/cassette.ts';

/** A name that must not be in a cassette, and what stands there instead: of the same length, so that nothing else changes. */
export interface Replacement {
  readonly from: string;
  readonly to: string;
}

/** Puts other words for names in everything that was moved, as ASCII and as UTF-16 (string descriptors). A name across the border of two transfers is not found. */
export function scrubEvent(event: CassetteEvent, replacements: readonly Replacement[]): CassetteEvent {
  if (!event.data || replacements.length === 0) return event;
  const data = Buffer.from(event.data);
  for (const { from, to } of replacements) {
    for (const encoding of ['latin1', 'utf16le'] as const) {
      const needle = Buffer.from(from, encoding);
      const instead = Buffer.from(to, encoding);
      if (needle.length < 3 || instead.length !== needle.length) continue;
      for (let at = data.indexOf(needle); at >= 0; at = data.indexOf(needle, at + needle.length)) instead.copy(data, at);
    }
  }
  return { ...event, data: new Uint8Array(data) };
}
