import { createHash } from 'node:crypto';
import type { PageCount, PageCounter } from '../../wire/raster/page-counter.ts';
import { PdfPageCounter } from '../../wire/raster/pdf-page-counter.ts';
import { appleRaster, pwgRaster, RasterPageCounter } from '../../wire/raster/raster-page-counter.ts';

/** A document as it arrived at the printer. */
export interface ReceivedDocument {
  /** MIME type told from the first bytes; `application/octet-stream` if they say nothing. */
  readonly format: string;
  readonly length: number;
  /** Of all bytes that have come so far, hex. */
  readonly sha256: string;
  /** The first bytes, at most `maxHead`. */
  readonly head: Uint8Array;
  /** For PDF, PWG and Apple raster. */
  readonly pages?: PageCount;
}

const maxHead = 1024 * 1024;
const sniffLength = 16;

const kinds: readonly { readonly begin: string; readonly format: string; readonly counter?: () => PageCounter }[] = [
  { begin: '%PDF-', format: 'application/pdf', counter: () => new PdfPageCounter() },
  { begin: 'RaS2', format: 'image/pwg-raster', counter: () => new RasterPageCounter(pwgRaster) },
  { begin: 'UNIRAST\0', format: 'image/urf', counter: () => new RasterPageCounter(appleRaster) },
  { begin: '\xff\xd8\xff', format: 'image/jpeg' },
  { begin: '%!', format: 'application/postscript' },
  { begin: '\x1b%-12345X', format: 'application/vnd.hp-pjl' },
  { begin: '\x1bE', format: 'application/vnd.hp-pcl' },
];

/** Takes a document of any length in pieces and keeps its hash, length, page count and first mebibyte. */
export class DocumentSink {
  readonly #hash = createHash('sha256');
  readonly #headParts: Uint8Array[] = [];
  #headLength = 0;
  #length = 0;
  #counter: PageCounter | undefined;

  push(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    const before = this.#length;
    this.#length += bytes.length;
    if (this.#headLength < maxHead) {
      const part = Uint8Array.from(bytes.subarray(0, maxHead - this.#headLength));
      this.#headParts.push(part);
      this.#headLength += part.length;
    }
    if (before >= sniffLength) this.#counter?.push(bytes);
    else if (this.#length >= sniffLength) {
      this.#counter = kindOf(this.#head(sniffLength))?.counter?.();
      this.#counter?.push(Buffer.concat([this.#head(before), bytes]));
    }
  }

  get length(): number {
    return this.#length;
  }

  /** What has come so far. */
  snapshot(): ReceivedDocument {
    const head = this.#head(maxHead);
    const pages = this.#counter?.finish();
    return {
      format: kindOf(head)?.format ?? 'application/octet-stream',
      length: this.#length,
      sha256: this.#hash.copy().digest('hex'),
      head,
      ...(pages ? { pages } : {}),
    };
  }

  #head(length: number): Uint8Array {
    return Buffer.concat(this.#headParts).subarray(0, length);
  }
}

function kindOf(head: Uint8Array): (typeof kinds)[number] | undefined {
  const text = Buffer.from(head.subarray(0, sniffLength)).toString('latin1');
  return kinds.find((kind) => text.startsWith(kind.begin));
}
