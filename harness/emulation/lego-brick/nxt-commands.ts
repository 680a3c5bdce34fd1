import type { BrickFiles } from './brick-files.ts';

/** Codes of the NXT Communication Protocol (LEGO, Bluetooth Developer Kit, appendix 1): system commands. */
const command = {
  openRead: 0x80,
  openWrite: 0x81,
  read: 0x82,
  write: 0x83,
  close: 0x84,
  delete: 0x85,
  findFirst: 0x86,
  findNext: 0x87,
  versions: 0x88,
  openWriteLinear: 0x89,
  openWriteData: 0x8b,
  deviceInfo: 0x9b,
} as const;
const direct = { battery: 0x0b, keepAlive: 0x0d } as const;
const status = { success: 0, endOfFile: 0x85, noMoreFiles: 0x83, fileNotFound: 0x87, fileFull: 0x8e, illegalFileName: 0x92, illegalHandle: 0x93, undefined: 0x8a } as const;

export const nxtCommandNames: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(command).map(([name, code]) => [code, name]));

const system = 0x01;
const directWithReply = 0x00;
const reply = 0x02;
const nameLength = 20;
const mostHandles = 16;
const largestFile = 1024 * 1024;

type Open = { readonly kind: 'read'; readonly content: Buffer; at: number } | { readonly kind: 'write'; readonly name: string; readonly size: number; parts: Buffer[]; got: number } | { readonly kind: 'find'; readonly names: string[]; at: number };

export interface NxtFacts {
  readonly name: string;
  /** Protocol and firmware, each minor then major. */
  readonly versions: readonly [number, number, number, number];
  /** Millivolts. */
  readonly battery: number;
}

/** The commands of an NXT brick that concern its files, its versions and its battery. */
export class NxtCommands {
  readonly #files: BrickFiles;
  readonly #facts: NxtFacts;
  readonly #open = new Map<number, Open>();
  systemCommands = 0;
  directCommands = 0;

  constructor(files: BrickFiles, facts: NxtFacts) {
    this.#files = files;
    this.#facts = facts;
  }

  /** Answers one transfer; undefined if it wants no answer or is none. */
  answer(data: Uint8Array): Buffer | undefined {
    const bytes = Buffer.from(data);
    const [kind, code] = bytes;
    if (kind === undefined || code === undefined) return undefined;
    const body = bytes.subarray(2);
    if ((kind & 0x7f) === directWithReply) {
      this.directCommands += 1;
      return (kind & 0x80) === 0 ? Buffer.concat([Buffer.from([reply, code]), this.#direct(code)]) : undefined;
    }
    if ((kind & 0x7f) !== system) return undefined;
    this.systemCommands += 1;
    const answer = Buffer.concat([Buffer.from([reply, code]), this.#system(code, body)]);
    return (kind & 0x80) === 0 ? answer : undefined;
  }

  restart(): void {
    this.#open.clear();
  }

  #direct(code: number): Buffer {
    if (code === direct.battery) return Buffer.from([status.success, this.#facts.battery & 0xff, this.#facts.battery >>> 8]);
    return code === direct.keepAlive ? Buffer.from([status.success, 0, 0, 0, 0]) : Buffer.from([0xbd]);
  }

  #system(code: number, body: Buffer): Buffer {
    switch (code) {
      case command.versions:
        return Buffer.from([status.success, ...this.#facts.versions]);
      case command.deviceInfo: {
        const info = Buffer.alloc(31);
        info.write(this.#facts.name.slice(0, 14), 1, 'latin1');
        info.writeUInt32LE(100_000, 27);
        return info;
      }
      case command.findFirst:
        return this.#find(this.#add({ kind: 'find', names: this.#matching(nameOf(body)), at: 0 }));
      case command.findNext:
        return this.#find(body[0]);
      case command.openRead:
        return this.#openRead(nameOf(body));
      case command.openWrite:
      case command.openWriteLinear:
      case command.openWriteData:
        return this.#openWrite(nameOf(body), body.length < nameLength + 4 ? largestFile + 1 : body.readUInt32LE(nameLength));
      case command.read:
        return this.#read(body[0] ?? 0, body.length < 3 ? 0 : body.readUInt16LE(1));
      case command.write:
        return this.#write(body[0] ?? 0, body.subarray(1));
      case command.close:
        return this.#close(body[0] ?? 0);
      case command.delete:
        return Buffer.concat([Buffer.from([this.#files.delete(nameOf(body)) ? status.success : status.fileNotFound]), padded(nameOf(body))]);
      default:
        return Buffer.from([0xbe]);
    }
  }

  /** `*.*`, `*.rxe`, `name.*` or a name. */
  #matching(mask: string): string[] {
    const [base = '*', extension = '*'] = mask.split('.');
    return this.#files.names().filter((name) => {
      const [ownBase, ownExtension = ''] = name.split('.');
      return (base === '*' || base === ownBase) && (extension === '*' || extension === ownExtension);
    });
  }

  #find(handle: number | undefined): Buffer {
    const open = handle === undefined ? undefined : this.#open.get(handle);
    if (handle === undefined || open?.kind !== 'find') return Buffer.concat([Buffer.from([status.illegalHandle, 0]), Buffer.alloc(24)]);
    const name = open.names[open.at];
    open.at += 1;
    if (name === undefined) {
      this.#open.delete(handle);
      return Buffer.concat([Buffer.from([open.at === 1 ? status.fileNotFound : status.noMoreFiles, handle]), Buffer.alloc(24)]);
    }
    return Buffer.concat([Buffer.from([status.success, handle]), padded(name), u32(this.#files.get(name)?.length ?? 0)]);
  }

  #openRead(name: string): Buffer {
    const content = this.#files.get(name);
    const handle = content && this.#add({ kind: 'read', content, at: 0 });
    return content && handle !== undefined ? Buffer.concat([Buffer.from([status.success, handle]), u32(content.length)]) : Buffer.concat([Buffer.from([status.fileNotFound, 0]), u32(0)]);
  }

  #openWrite(name: string, size: number): Buffer {
    if (name === '' || size > largestFile) return Buffer.from([name === '' ? status.illegalFileName : status.fileFull, 0]);
    const handle = this.#add({ kind: 'write', name, size, parts: [], got: 0 });
    if (handle !== undefined && size === 0) this.#files.put(name, Buffer.alloc(0));
    return Buffer.from([handle === undefined ? status.undefined : status.success, handle ?? 0]);
  }

  #read(handle: number, wanted: number): Buffer {
    const open = this.#open.get(handle);
    if (open?.kind !== 'read') return Buffer.from([status.illegalHandle, handle, 0, 0]);
    const piece = open.content.subarray(open.at, open.at + Math.min(wanted, 58));
    open.at += piece.length;
    return Buffer.concat([Buffer.from([piece.length < wanted ? status.endOfFile : status.success, handle, piece.length, 0]), piece]);
  }

  #write(handle: number, piece: Buffer): Buffer {
    const open = this.#open.get(handle);
    if (open?.kind !== 'write') return Buffer.from([status.illegalHandle, handle, 0, 0]);
    if (open.got + piece.length > open.size) return Buffer.from([status.endOfFile, handle, 0, 0]);
    open.parts.push(Buffer.from(piece));
    open.got += piece.length;
    return Buffer.from([status.success, handle, piece.length & 0xff, piece.length >>> 8]);
  }

  #close(handle: number): Buffer {
    const open = this.#open.get(handle);
    if (open?.kind === 'write') this.#files.put(open.name, Buffer.concat(open.parts));
    return Buffer.from([this.#open.delete(handle) ? status.success : status.illegalHandle, handle]);
  }

  #add(open: Open): number | undefined {
    for (let handle = 0; handle < mostHandles; handle += 1) {
      if (this.#open.has(handle)) continue;
      this.#open.set(handle, open);
      return handle;
    }
    return undefined;
  }
}

function nameOf(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString('latin1', 0, Math.min(end < 0 ? body.length : end, nameLength - 1));
}

function padded(name: string): Buffer {
  const bytes = Buffer.alloc(nameLength);
  bytes.write(name.slice(0, nameLength - 1), 'latin1');
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
