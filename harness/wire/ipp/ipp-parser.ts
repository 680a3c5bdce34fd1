import { decodeValue } from './decode-value.ts';
import { ippMalformed } from './ipp-malformed.ts';
import type { IppGroupTag, IppMessage, IppValue } from './ipp-message.ts';
import { endOfAttributes, groupNames, valueNumbers } from './ipp-tags.ts';

export interface IppLimits {
  /** Bytes of the whole message, without the document that follows it. */
  readonly maxBytes: number;
  /** Collections in collections. */
  readonly maxDepth: number;
}

const usualLimits: IppLimits = { maxBytes: 1024 * 1024, maxDepth: 8 };

interface OpenAttribute {
  readonly name: string;
  readonly values: IppValue[];
}

/** One collection that is not ended yet; the message's current group is the bottom of the stack. */
interface Frame {
  readonly members: OpenAttribute[];
  /** Set after a memberAttrName whose value has not come yet. */
  pendingName: string | undefined;
}

/**
 * Takes an IPP message in pieces of any size (RFC 8010). The document that follows the attributes is handed back, not kept.
 * Memory is bounded by `limits`.
 */
export class IppParser {
  readonly #limits: IppLimits;
  #rest: Uint8Array = new Uint8Array(0);
  /** Bytes before `#rest`. */
  #offset = 0;
  #header: { readonly version: readonly [number, number]; readonly code: number; readonly requestId: number } | undefined;
  readonly #groups: { readonly tag: IppGroupTag; readonly attributes: OpenAttribute[] }[] = [];
  readonly #frames: Frame[] = [];

  constructor(limits: IppLimits = usualLimits) {
    this.#limits = limits;
  }

  /**
   * Takes the next bytes. Gives the message and what followed it once the end-of-attributes tag has come, else undefined.
   * @throws HwlabError `ipp-malformed` with `facts.offset`
   */
  push(bytes: Uint8Array): { readonly message: IppMessage; readonly rest: Uint8Array } | undefined {
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    try {
      if (!this.#header) {
        if (data.length < 8) return undefined;
        const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
        this.#header = { version: [view.getUint8(0), view.getUint8(1)], code: view.getUint16(2), requestId: view.getInt32(4) };
        at = 8;
      }
      for (;;) {
        const used = this.#step(data, at);
        if (used === 'more') return undefined;
        at += used;
        if (this.#offset + at > this.#limits.maxBytes) throw ippMalformed(this.#offset + at, `longer than ${this.#limits.maxBytes} bytes`);
        if (used === 1 && data[at - 1] === endOfAttributes) return { message: { ...this.#header, groups: this.#groups }, rest: data.subarray(at) };
      }
    } finally {
      this.#offset += at;
      this.#rest = data.slice(at);
    }
  }

  /** For the end of the input: the error that says where the message broke off. */
  truncated(): Error {
    return ippMalformed(this.#offset + this.#rest.length, 'ends in the middle of the attributes');
  }

  #step(data: Uint8Array, at: number): number | 'more' {
    const tag = data[at];
    if (tag === undefined) return 'more';
    if (tag < 0x10) {
      if (this.#frames.length > 0) throw ippMalformed(this.#offset + at, 'a group begins inside a collection');
      if (tag !== endOfAttributes) this.#beginGroup(tag, at);
      return 1;
    }
    if (data.length < at + 3) return 'more';
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const nameLength = this.#length(view, at + 1, 'name');
    if (data.length < at + 5 + nameLength) return 'more';
    const valueLength = this.#length(view, at + 3 + nameLength, 'value');
    const end = at + 5 + nameLength + valueLength;
    if (data.length < end) return 'more';
    const name = Buffer.from(data.subarray(at + 3, at + 3 + nameLength)).toString('latin1');
    this.#take(tag, name, data.subarray(end - valueLength, end), this.#offset + at, this.#offset + end - valueLength);
    return end - at;
  }

  #length(view: DataView, at: number, what: string): number {
    const length = view.getInt16(at);
    if (length < 0) throw ippMalformed(this.#offset + at, `the length of a ${what} is negative`);
    return length;
  }

  #beginGroup(tag: number, at: number): void {
    const name = groupNames.get(tag);
    if (!name) throw ippMalformed(this.#offset + at, `unknown group 0x${tag.toString(16)}`);
    this.#groups.push({ tag: name, attributes: [] });
  }

  #take(tag: number, name: string, bytes: Uint8Array, offset: number, valueOffset: number): void {
    const frame = this.#frames.at(-1);
    if (tag === valueNumbers.memberName) {
      if (!frame) throw ippMalformed(offset, 'a member of a collection outside of a collection');
      if (frame.pendingName !== undefined) throw ippMalformed(offset, `the member ${frame.pendingName} has no value`);
      if (bytes.length === 0) throw ippMalformed(offset, 'a member of a collection without a name');
      frame.pendingName = Buffer.from(bytes).toString('latin1');
      return;
    }
    if (tag === valueNumbers.endCollection) {
      if (!frame) throw ippMalformed(offset, 'the end of a collection that did not begin');
      if (frame.pendingName !== undefined) throw ippMalformed(offset, `the member ${frame.pendingName} has no value`);
      this.#frames.pop();
      return;
    }
    const values = this.#valuesFor(name, frame, offset);
    if (tag === valueNumbers.collection) {
      if (this.#frames.length >= this.#limits.maxDepth) throw ippMalformed(offset, `more than ${this.#limits.maxDepth} collections in each other`);
      const members: OpenAttribute[] = [];
      values.push({ tag: 'collection', members });
      this.#frames.push({ members, pendingName: undefined });
      return;
    }
    values.push(decodeValue(tag, bytes, valueOffset));
  }

  /** The list that the next value belongs to: a new attribute's, or for an empty name that of the one before (RFC 8010, 3.1.5). */
  #valuesFor(name: string, frame: Frame | undefined, offset: number): IppValue[] {
    if (frame && name !== '') throw ippMalformed(offset, 'a value in a collection has no name of its own');
    const attributes = frame ? frame.members : this.#groups.at(-1)?.attributes;
    if (!attributes) throw ippMalformed(offset, `the attribute ${name} stands before the first group`);
    const begins = frame ? frame.pendingName : name === '' ? undefined : name;
    if (frame) frame.pendingName = undefined;
    if (begins !== undefined) {
      const attribute: OpenAttribute = { name: begins, values: [] };
      attributes.push(attribute);
      return attribute.values;
    }
    const last = attributes.at(-1);
    if (!last) throw ippMalformed(offset, 'a further value stands before the first attribute');
    return last.values;
  }
}

/** Decodes a whole message; `rest` is the document behind it. */
export function decodeIpp(bytes: Uint8Array, limits: IppLimits = usualLimits): { readonly message: IppMessage; readonly rest: Uint8Array } {
  const parser = new IppParser(limits);
  const done = parser.push(bytes);
  if (!done) throw parser.truncated();
  return done;
}

