/** Telnet (RFC 854): data bytes with commands between them, each after the byte 255 (IAC). */
const iac = 255;
const verbs = { will: 251, wont: 252, do: 253, dont: 254 } as const;
export type TelnetVerb = keyof typeof verbs;

export type TelnetEvent =
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  | { readonly kind: 'negotiation'; readonly verb: TelnetVerb; readonly option: number }
  | { readonly kind: 'subnegotiation'; readonly option: number; readonly payload: Uint8Array }
  /** Any other command, such as 243, BREAK. */
  | { readonly kind: 'command'; readonly code: number };

/** Options used with serial lines: RFC 856, RFC 858, RFC 2217. */
export const telnetOptions = { binary: 0, suppressGoAhead: 3, comPort: 44 } as const;

export function encodeTelnetData(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes].flatMap((byte) => (byte === iac ? [iac, iac] : [byte])));
}

export function encodeNegotiation(verb: TelnetVerb, option: number): Uint8Array {
  return Uint8Array.of(iac, verbs[verb], option);
}

export function encodeSubnegotiation(option: number, payload: Uint8Array): Uint8Array {
  return Uint8Array.from([iac, 250, option, ...encodeTelnetData(payload), iac, 240]);
}

/** Most bytes of a subnegotiation that are kept; what comes after is dropped. */
const longestPayload = 1024;

/** Takes the stream in pieces cut anywhere. Memory is bounded by a piece and one subnegotiation of 1 KiB. */
export class TelnetDecoder {
  #state: 'data' | 'iac' | 'option' | 'sub-option' | 'sub' | 'sub-iac' = 'data';
  #verb: TelnetVerb = 'will';
  #option = 0;
  #payload: number[] = [];

  add(piece: Uint8Array): TelnetEvent[] {
    const events: TelnetEvent[] = [];
    let data: number[] = [];
    const flush = (): void => {
      if (data.length > 0) events.push({ kind: 'data', bytes: Uint8Array.from(data) });
      data = [];
    };
    for (const byte of piece) {
      switch (this.#state) {
        case 'data':
          if (byte === iac) this.#state = 'iac';
          else data.push(byte);
          break;
        case 'iac': {
          const verb = (Object.keys(verbs) as TelnetVerb[]).find((name) => verbs[name] === byte);
          this.#state = 'data';
          if (byte === iac) data.push(iac);
          else if (verb !== undefined) [this.#verb, this.#state] = [verb, 'option'];
          else if (byte === 250) this.#state = 'sub-option';
          else {
            flush();
            events.push({ kind: 'command', code: byte });
          }
          break;
        }
        case 'option':
          flush();
          events.push({ kind: 'negotiation', verb: this.#verb, option: byte });
          this.#state = 'data';
          break;
        case 'sub-option':
          [this.#option, this.#payload, this.#state] = [byte, [], 'sub'];
          break;
        case 'sub':
          if (byte === iac) this.#state = 'sub-iac';
          else if (this.#payload.length < longestPayload) this.#payload.push(byte);
          break;
        case 'sub-iac':
          this.#state = 'sub';
          if (byte === iac && this.#payload.length < longestPayload) this.#payload.push(iac);
          else if (byte === 240) {
            flush();
            events.push({ kind: 'subnegotiation', option: this.#option, payload: Uint8Array.from(this.#payload) });
            this.#state = 'data';
          }
          break;
      }
    }
    flush();
    return events;
  }
}
