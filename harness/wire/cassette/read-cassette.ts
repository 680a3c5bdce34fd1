import { HwlabError } from '../../base/hwlab-error.ts';
import { cassetteSchema, type Cassette, type CassetteEvent, type CassetteHead } from './cassette.ts';

/** Most bytes of a cassette, unpacked. */
export const mostCassetteBytes = 256 * 1024 * 1024;
const mostEvents = 2_000_000;
const mostLineBytes = 32 * 1024 * 1024;
/** Milliseconds; more than a week. */
const longest = 1e9;

const kinds: ReadonlySet<string> = new Set(['plug', 'unplug', 'reset', 'configuration', 'alternate', 'control', 'bulk', 'interrupt', 'cancel', 'fault', 'mark', 'call']);
const parties: ReadonlySet<string> = new Set(['host', 'device', 'suite']);
const origins: ReadonlySet<string> = new Set(['emulation', 'proxy', 'usbmon', 'hid-recorder']);

/**
 * Reads a cassette: a head, events, and an end line with their number and hash. The file is untrusted.
 * @param sha256 hash of bytes, hex (wire code computes none itself)
 * @throws HwlabError usage `cassette-cut`, `cassette-edited`, `cassette-newer`, `cassette-malformed`, `cassette-too-big`, with the line
 */
export function readCassette(bytes: Uint8Array, sha256: (bytes: Uint8Array) => string): Cassette {
  if (bytes.length > mostCassetteBytes) throw refuse('cassette-too-big', `it has ${bytes.length} bytes, more than ${mostCassetteBytes}`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length === 0) throw refuse('cassette-cut', 'the file is empty');
  if (buffer.at(-1) !== 0x0a) throw refuse('cassette-cut', 'the last line has no end: the file was cut', 'record it again, or copy it again');
  let head: CassetteHead | undefined;
  const events: CassetteEvent[] = [];
  let number = 0;
  for (let at = 0; at < buffer.length; ) {
    const end = buffer.indexOf(0x0a, at);
    number += 1;
    if (end - at > mostLineBytes) throw refuse('cassette-too-big', `line ${number} has ${end - at} bytes`);
    const value = parseLine(buffer.subarray(at, end), number);
    if (head === undefined) {
      head = headOf(value);
    } else if (value['end'] === true) {
      if (end + 1 !== buffer.length) throw refuse('cassette-edited', `line ${number} is the end, but more follows`);
      if (value['events'] !== events.length || value['sha256'] !== sha256(buffer.subarray(0, at))) {
        throw refuse('cassette-edited', `its end line tells of ${String(value['events'])} events with another hash than the ${events.length} that are there`, 'take the file as it was recorded; a changed cassette proves nothing');
      }
      return { head, events };
    } else {
      if (events.length >= mostEvents) throw refuse('cassette-too-big', `it has more than ${mostEvents} events`);
      events.push(eventOf(value, number, events.at(-1)?.t ?? 0));
    }
    at = end + 1;
  }
  throw refuse('cassette-cut', `it ends after ${events.length} events without an end line: the recording was killed, or the file was cut`, 'record it again, or copy it again');
}

function parseLine(line: Buffer, number: number): Record<string, unknown> {
  try {
    const value = JSON.parse(line.toString('utf8')) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw refuse('cassette-malformed', `line ${number} is not a JSON object`);
}

function headOf(value: Record<string, unknown>): CassetteHead {
  const { schema, origin, recordedAt, model, environment, scrubbed } = value;
  if (typeof schema !== 'string' || !schema.startsWith('hwlab/cassette/')) throw refuse('cassette-malformed', 'line 1 has no "schema": "hwlab/cassette/...": this is not a cassette');
  if (schema !== cassetteSchema) throw refuse('cassette-newer', `it is of ${schema.slice(0, 60)}, this hwlab reads ${cassetteSchema}`, 'use the hwlab that recorded it, or a newer one');
  const named = model as { readonly id?: unknown; readonly emulator?: unknown; readonly usb?: unknown } | null | undefined;
  const good =
    typeof origin === 'string' && origins.has(origin) && typeof recordedAt === 'string' && !Number.isNaN(Date.parse(recordedAt)) && typeof named?.id === 'string' && typeof named.emulator === 'string' && typeof named.usb === 'object' && isTexts(environment) && Array.isArray(scrubbed) && scrubbed.every((each) => typeof each === 'string');
  if (!good) throw refuse('cassette-malformed', 'line 1 lacks one of: origin, recordedAt, model with id, emulator and usb, environment, scrubbed');
  return value as unknown as CassetteHead;
}

function eventOf(value: Record<string, unknown>, number: number, before: number): CassetteEvent {
  const { t, from, kind, endpoint, setup, status, data, hidden, name, meaning } = value;
  const wrong = (what: string): Error => refuse('cassette-malformed', `line ${number}: ${what}`);
  if (typeof t !== 'number' || !(t >= before && t <= longest)) throw wrong('"t" is no time at or after that of the line before');
  if (typeof from !== 'string' || !parties.has(from) || typeof kind !== 'string' || !kinds.has(kind)) throw wrong('"from" or "kind" is unknown');
  if (endpoint !== undefined && (!Number.isInteger(endpoint) || (endpoint as number) < 0 || (endpoint as number) > 0x8f)) throw wrong('"endpoint" is no endpoint address');
  for (const [key, each] of Object.entries({ status, data, name, meaning, with: value['with'] })) if (each !== undefined && typeof each !== 'string') throw wrong(`"${key}" is no text`);
  if (kind === 'control' && !isSetup(setup)) throw wrong('a control request without its setup packet');
  if ((kind === 'bulk' || kind === 'interrupt') && endpoint === undefined) throw wrong('a transfer without its endpoint');
  if (typeof data === 'string' && (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data))) throw wrong('"data" is not base64');
  const length = typeof data === 'string' ? Buffer.byteLength(data, 'base64') : 0;
  if (hidden !== undefined && !areStretches(hidden, length)) throw wrong('"hidden" is no list of stretches of "data"');
  return { ...(value as unknown as CassetteEvent), ...(typeof data === 'string' ? { data: new Uint8Array(Buffer.from(data, 'base64')) } : {}) };
}

function isSetup(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  const within = (name: string, most: number): boolean => Number.isInteger(fields[name]) && (fields[name] as number) >= 0 && (fields[name] as number) <= most;
  return within('requestType', 255) && within('request', 255) && within('value', 65_535) && within('index', 65_535) && within('length', 65_535);
}

function areStretches(value: unknown, length: number): boolean {
  let end = 0;
  return Array.isArray(value) && value.every((each: unknown) => {
    if (!Array.isArray(each) || each.length !== 2) return false;
    const [from, to] = each as unknown[];
    if (!Number.isInteger(from) || !Number.isInteger(to) || (from as number) < end || (to as number) <= (from as number) || (to as number) > length) return false;
    end = to as number;
    return true;
  });
}

function isTexts(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string');
}

function refuse(code: string, what: string, advice?: string): HwlabError {
  return new HwlabError({ code, blame: 'usage', message: `the cassette cannot be used: ${what}`, ...(advice === undefined ? {} : { advice }) });
}
