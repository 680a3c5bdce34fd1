/** Keys of an IEEE 1284 device id that hold the unit's serial number. */
const serialKeys = /(^|;)(\s*(?:SN|SERN|SER|SERIALNUMBER|SERIAL NUMBER)\s*:)([^;]*)/gi;

/**
 * Replaces the serial number of the captured unit, which tells of its owner, by a made-up one of the same length and form: digits become 0, letters X,
 * and the last character tells that it is not a real one.
 */
export class SerialFiller {
  readonly #keep: boolean;
  readonly #fillers = new Map<string, string>();

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  /** Remembers a serial number, so that it is found in other texts too. Short and blank ones are no number of a unit. */
  learn(serial: string | undefined): void {
    const text = serial?.trim() ?? '';
    if (this.#keep || text.length < 4 || /^(.)\1*$/.test(text)) return;
    this.#fillers.set(text, fillerOf(text));
  }

  /** The text with every serial number that is known replaced. */
  clean(text: string): string {
    let cleaned = text;
    for (const [serial, filler] of this.#fillers) cleaned = cleaned.replaceAll(serial, filler);
    return cleaned;
  }

  /** A device id with its serial number fields replaced. */
  cleanDeviceId(id: string): string {
    for (const match of id.matchAll(serialKeys)) this.learn(match[3]);
    return this.clean(id);
  }

  /** Every serial number that is known, with what stands for it. */
  get replacements(): readonly { readonly from: string; readonly to: string }[] {
    return [...this.#fillers].map(([from, to]) => ({ from, to }));
  }

  /** How many different ones were replaced. */
  get replaced(): number {
    return this.#fillers.size;
  }
}

function fillerOf(serial: string): string {
  const blank = serial.replaceAll(/\d/g, '0').replaceAll(/\p{L}/gu, 'X');
  return `${blank.slice(0, -1)}1`;
}
