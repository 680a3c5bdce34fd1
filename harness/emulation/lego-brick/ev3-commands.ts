import type { BrickFiles } from './brick-files.ts';

/** Codes of the EV3 Communication Developer Kit (LEGO, 2013), 3: system commands. */
const command = { beginDownload: 0x92, continueDownload: 0x93, beginUpload: 0x94, continueUpload: 0x95, closeHandle: 0x98, listFiles: 0x99, continueList: 0x9a, createFolder: 0x9b, deleteFile: 0x9c } as const;
const status = { success: 0, unknownHandle: 1, noHandles: 4, illegalPath: 6, endOfFile: 8, sizeError: 9, unknownError: 0x0a } as const;
const type = { direct: 0x00, system: 0x01, directReply: 0x02, systemReply: 0x03, directError: 0x04, systemError: 0x05 } as const;
const noReply = 0x80;

export const ev3CommandNames: Readonly<Record<number, string>> = Object.fromEntries(Object.entries(command).map(([name, code]) => [code, name]));

/** A report is 1024 bytes; what follows the heads of the longest answers. */
const longestPiece = 1000;
const mostHandles = 16;
const largestFile = 8 * 1024 * 1024;

type Open = { readonly kind: 'write'; readonly path: string; readonly size: number; parts: Buffer[]; got: number } | { readonly kind: 'read'; readonly content: Buffer; at: number };

interface Answer {
  readonly status: number;
  readonly data?: Buffer;
}

/** The commands of an EV3 brick that concern its files; direct commands are answered with zeros, the virtual machine is not emulated. */
export class Ev3Commands {
  readonly #files: BrickFiles;
  readonly #open = new Map<number, Open>();
  #lastHandle = 0;
  systemCommands = 0;
  directCommands = 0;

  constructor(files: BrickFiles) {
    this.#files = files;
  }

  /** Answers one report; undefined if it wants no answer or is none. */
  answer(report: Uint8Array): Buffer | undefined {
    const bytes = Buffer.from(report);
    if (bytes.length < 6) return undefined;
    const length = bytes.readUInt16LE(0);
    if (length < 4 || length + 2 > bytes.length) return undefined;
    const counter = bytes.readUInt16LE(2);
    const kind = bytes.readUInt8(4);
    const body = bytes.subarray(5, 2 + length);
    if ((kind & ~noReply) === type.direct) {
      this.directCommands += 1;
      return (kind & noReply) === 0 ? frame(counter, Buffer.concat([Buffer.from([type.directReply]), Buffer.alloc(body.length < 2 ? 0 : body.readUInt16LE(0) & 0x3ff)])) : undefined;
    }
    if ((kind & ~noReply) !== type.system || body.length === 0) return undefined;
    this.systemCommands += 1;
    const { status: code, data } = this.#run(body.readUInt8(0), body.subarray(1));
    const good = code === status.success || code === status.endOfFile;
    return (kind & noReply) === 0 ? frame(counter, Buffer.concat([Buffer.from([good ? type.systemReply : type.systemError, body.readUInt8(0), code]), data ?? Buffer.alloc(0)])) : undefined;
  }

  restart(): void {
    this.#open.clear();
  }

  #run(code: number, body: Buffer): Answer {
    switch (code) {
      case command.beginDownload:
        return body.length < 5 ? { status: status.sizeError } : this.#beginDownload(body.readUInt32LE(0), textOf(body.subarray(4)));
      case command.continueDownload:
        return this.#continueDownload(body[0] ?? 0, body.subarray(1));
      case command.beginUpload:
      case command.listFiles: {
        if (body.length < 3) return { status: status.sizeError };
        const path = textOf(body.subarray(2));
        const list = code === command.listFiles ? this.#files.list(path) : undefined;
        return this.#beginReading(code === command.listFiles ? (list === undefined ? undefined : Buffer.from(list)) : this.#files.get(path), body.readUInt16LE(0));
      }
      case command.continueUpload:
      case command.continueList:
        return body.length < 3 ? { status: status.sizeError } : this.#continueReading(body.readUInt8(0), body.readUInt16LE(1));
      case command.closeHandle:
        return { status: this.#open.delete(body[0] ?? 0) ? status.success : status.unknownHandle };
      case command.createFolder:
        return { status: status.success };
      case command.deleteFile:
        return { status: this.#files.delete(textOf(body)) ? status.success : status.illegalPath };
      default:
        return { status: status.unknownError };
    }
  }

  #beginDownload(size: number, path: string): Answer {
    if (size > largestFile) return { status: status.sizeError };
    if (!path.includes('/')) return { status: status.illegalPath };
    const handle = this.#add({ kind: 'write', path, size, parts: [], got: 0 });
    return handle === undefined ? { status: status.noHandles } : { status: status.success, data: Buffer.from([handle]) };
  }

  #continueDownload(handle: number, piece: Buffer): Answer {
    const open = this.#open.get(handle);
    if (open?.kind !== 'write') return { status: status.unknownHandle, data: Buffer.from([handle]) };
    open.parts.push(Buffer.from(piece));
    open.got += piece.length;
    if (open.got < open.size) return { status: status.success, data: Buffer.from([handle]) };
    this.#open.delete(handle);
    const whole = open.got === open.size && this.#files.put(open.path, Buffer.concat(open.parts));
    return { status: whole ? status.endOfFile : status.sizeError, data: Buffer.from([handle]) };
  }

  #beginReading(content: Buffer | undefined, most: number): Answer {
    if (!content) return { status: status.illegalPath };
    const open: Open = { kind: 'read', content, at: 0 };
    const handle = this.#add(open);
    if (handle === undefined) return { status: status.noHandles };
    const head = Buffer.alloc(5);
    head.writeUInt32LE(content.length, 0);
    head.writeUInt8(handle, 4);
    return this.#piece(open, handle, most, head);
  }

  #continueReading(handle: number, most: number): Answer {
    const open = this.#open.get(handle);
    return open?.kind === 'read' ? this.#piece(open, handle, most, Buffer.from([handle])) : { status: status.unknownHandle };
  }

  #piece(open: Extract<Open, { kind: 'read' }>, handle: number, most: number, head: Buffer): Answer {
    const piece = open.content.subarray(open.at, open.at + Math.min(most, longestPiece));
    open.at += piece.length;
    const ended = open.at >= open.content.length;
    if (ended) this.#open.delete(handle);
    return { status: ended ? status.endOfFile : status.success, data: Buffer.concat([head, piece]) };
  }

  #add(open: Open): number | undefined {
    if (this.#open.size >= mostHandles) return undefined;
    do this.#lastHandle = (this.#lastHandle + 1) & 0xff;
    while (this.#open.has(this.#lastHandle));
    this.#open.set(this.#lastHandle, open);
    return this.#lastHandle;
  }
}

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
}

function frame(counter: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(body.length + 2, 0);
  head.writeUInt16LE(counter, 2);
  return Buffer.concat([head, body]);
}
