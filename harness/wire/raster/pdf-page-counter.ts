import type { PageCount, PageCounter } from './page-counter.ts';

/** How much is looked at again with the next piece: a PDF may end up to 1,024 bytes after its %%EOF (ISO 32000-1, annex H.3). */
const overlap = 1024;

/**
 * Counts the `/Type /Page` objects of a PDF as it goes by. Pages inside compressed object streams are not seen: then `pages` is 0 and `problem`
 * says so. Enough for what CUPS filters write, which is uncompressed in this regard.
 */
export class PdfPageCounter implements PageCounter {
  #tail = '';
  #pages = 0;
  #begun = false;
  #problem: string | undefined;

  push(bytes: Uint8Array): void {
    const text = this.#tail + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    if (!this.#begun && text.length >= 5) {
      this.#begun = true;
      if (!text.startsWith('%PDF-')) this.#problem = 'PDF, byte 0: does not begin with %PDF-';
    }
    // A match counts when it begins before the part that is looked at again with the next piece.
    const edge = Math.max(0, text.length - overlap);
    this.#pages += count(text, edge);
    this.#tail = text.slice(edge);
  }

  finish(): PageCount {
    const pages = this.#pages + count(this.#tail, this.#tail.length);
    const ended = this.#tail.includes('%%EOF');
    const problem = this.#problem ?? (ended ? undefined : 'PDF: no %%EOF in its last bytes') ?? (pages === 0 ? 'PDF: no page object in plain view' : undefined);
    return { pages, headers: [], ...(problem === undefined ? {} : { problem }) };
  }
}

function count(text: string, before: number): number {
  let found = 0;
  for (const match of text.matchAll(/\/Type\s{0,8}\/Page(?![A-Za-z])/g)) if (match.index < before) found += 1;
  return found;
}
