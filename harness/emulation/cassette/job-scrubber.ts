import type { CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { EmulatedModel } from '../usb-device.ts';

/** Decides byte by byte what of a stream must not be written down; remembers where in the job it is. */
export interface JobScrubber {
  /** Whether this byte, the next of the stream, is hidden. */
  hides(byte: number): boolean;
}

const uel = Buffer.from('\x1b%-12345X', 'latin1');
const longestLine = 4096;
const quote = 0x22;
const newline = 0x0a;

/** Raw printer data: PJL stays, but not what is quoted in it or stands in a comment (names of jobs, users and hosts); the page language is hidden whole. */
export class PageScrubber implements JobScrubber {
  #inPjl = true;
  #line = '';
  #quoted = false;
  /** Bytes of the exit sequence that came in a row. */
  #exit = 0;

  hides(byte: number): boolean {
    this.#exit = byte === uel[this.#exit] ? this.#exit + 1 : byte === uel[0] ? 1 : 0;
    if (this.#exit > 0) {
      if (this.#exit < uel.length) return false;
      this.#exit = 0;
      this.#begin(true);
      return false;
    }
    return this.#inPjl ? this.#inLine(byte) : true;
  }

  #inLine(byte: number): boolean {
    if (byte === newline) {
      this.#begin(!/^@PJL\s+ENTER\s+LANGUAGE/i.test(this.#line));
      return false;
    }
    if (this.#line.length < longestLine) this.#line += String.fromCharCode(byte);
    if (!'@PJL'.startsWith(this.#line.slice(0, 4).toUpperCase()) && this.#line !== '\r') {
      this.#begin(false);
      return true;
    }
    if (byte === quote) {
      this.#quoted = !this.#quoted;
      return false;
    }
    return this.#quoted || (/^@PJL\s+COMMENT./i.test(this.#line) && byte !== 0x0d);
  }

  #begin(inPjl: boolean): void {
    this.#inPjl = inPjl;
    this.#line = '';
    this.#quoted = false;
  }
}

/** Bytes of an IPP request that say only what is asked: version, operation, request id (RFC 8010, 3.1.1). */
const ippHead = 8;

/** HTTP, as IPP over USB has it: lines of the head and sizes of chunks stay, but not names of hosts, clients and users; bodies are hidden behind what they ask. */
export class HttpScrubber implements JobScrubber {
  #where: 'head' | 'size' | 'body' | 'behind' = 'head';
  #line = '';
  #chunked = false;
  #ipp = false;
  /** Bytes of the body, or of the chunk, that are still to come. */
  #left = 0;
  #passed = 0;

  hides(byte: number): boolean {
    if (this.#where === 'body') return this.#inBody();
    if (byte !== newline) {
      if (this.#line.length < longestLine) this.#line += String.fromCharCode(byte);
      return this.#where === 'head' && byte !== 0x0d && /^(?:host|user-agent|authorization|cookie|from|referer):./i.test(this.#line);
    }
    this.#lineEnds(this.#line.trim());
    this.#line = '';
    return false;
  }

  #inBody(): boolean {
    this.#left -= 1;
    this.#passed += 1;
    if (this.#left === 0) this.#where = this.#chunked ? 'behind' : 'head';
    if (this.#where === 'head') this.#reset();
    return !this.#ipp || this.#passed > ippHead;
  }

  #lineEnds(line: string): void {
    if (this.#where === 'behind') this.#where = 'size';
    else if (this.#where === 'size') {
      this.#left = Number.parseInt(line, 16) || 0;
      if (this.#left > 0) this.#where = 'body';
      else if (/^0+\s*(?:;|$)/.test(line)) this.#reset();
    } else if (line !== '') {
      const [, name = '', value = ''] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
      if (/^content-length$/i.test(name)) this.#left = Number(value) || 0;
      else if (/^transfer-encoding$/i.test(name)) this.#chunked = /chunked/i.test(value);
      else if (/^content-type$/i.test(name)) this.#ipp = /application\/ipp/i.test(value);
    } else if (this.#chunked) this.#where = 'size';
    else if (this.#left > 0) this.#where = 'body';
    else this.#reset();
  }

  #reset(): void {
    this.#where = 'head';
    this.#line = '';
    this.#chunked = false;
    this.#ipp = false;
    this.#left = 0;
    this.#passed = 0;
  }
}

/**
 * Hides the contents of jobs in what is sent to a printer: raw ones (7/1/1 to 3) and IPP over USB (7/1/4). Which of the two comes to an endpoint that both share is decided
 * by the alternate setting; each plug, reset and setting begins anew, for a job that was broken off there has no end.
 */
export class JobHider {
  readonly #interfaces: EmulatedModel['usb']['configuration']['interfaces'];
  readonly #scrubbers = new Map<number, JobScrubber>();
  /** Whether the unit is a printer. */
  readonly isPrinter: boolean;

  constructor({ usb }: Pick<EmulatedModel, 'usb'>) {
    this.#interfaces = usb.configuration.interfaces;
    this.isPrinter = this.#interfaces.some(({ alternates }) => alternates.some((alternate) => alternate.class[0] === 7));
    this.#beginAll();
  }

  hide(event: CassetteEvent): CassetteEvent {
    if (event.kind === 'plug' || event.kind === 'reset' || event.kind === 'configuration') this.#beginAll();
    if (event.kind === 'alternate' && event.status === 'ok') {
      const [, number, setting] = /^SET_INTERFACE (\d+) alternate (\d+)$/.exec(event.meaning ?? '') ?? [];
      this.#begin(Number(number), Number(setting));
    }
    const scrubber = event.kind === 'bulk' && event.data ? this.#scrubbers.get(event.endpoint ?? 0) : undefined;
    if (!scrubber || !event.data) return event;
    const { data, hidden } = hideJob(event.data, scrubber);
    return hidden.length > 0 ? { ...event, data, hidden } : event;
  }

  #beginAll(): void {
    for (const { number } of this.#interfaces) this.#begin(number, 0);
  }

  #begin(number: number, setting: number): void {
    const alternate = this.#interfaces.find((each) => each.number === number)?.alternates[setting];
    if (alternate?.class[0] !== 7) return;
    for (const { address } of alternate.endpoints) if (Number(address) < 0x80) this.#scrubbers.set(Number(address), alternate.class[2] === 4 ? new HttpScrubber() : new PageScrubber());
  }
}

/** The bytes with what is hidden as zeros, and where that is. */
export function hideJob(data: Uint8Array, scrubber: JobScrubber): { readonly data: Uint8Array; readonly hidden: readonly (readonly [number, number])[] } {
  const clean = Uint8Array.from(data);
  const hidden: [number, number][] = [];
  for (const [at, byte] of data.entries()) {
    if (!scrubber.hides(byte)) continue;
    clean[at] = 0;
    const last = hidden.at(-1);
    if (last?.[1] === at) last[1] = at + 1;
    else hidden.push([at, at + 1]);
  }
  return { data: clean, hidden };
}
