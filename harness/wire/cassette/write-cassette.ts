import type { CassetteEvent, CassetteHead } from './cassette.ts';

/** The first line of a cassette file. */
export function cassetteHeadLine(head: CassetteHead): string {
  return `${JSON.stringify(head)}\n`;
}

/** The line of one event; bytes are base64. */
export function cassetteLine(event: CassetteEvent): string {
  const { data, t, ...rest } = event;
  return `${JSON.stringify({ t: Math.round(t * 1000) / 1000, ...rest, ...(data ? { data: Buffer.from(data.buffer, data.byteOffset, data.length).toString('base64') } : {}) })}\n`;
}

/** The last line. `sha256` is that of all bytes before it: a file that was cut or edited is told from a whole one. */
export function cassetteEndLine(events: number, sha256: string): string {
  return `${JSON.stringify({ end: true, events, sha256 })}\n`;
}
