/** What a Linux kernel prints when it gives up (kernel/panic.c). An oops alone does not end the system and does not count. */
const sign = /Kernel panic - not syncing[^\r\n]*(?=[\r\n])/;
const longestLine = 4096;

/** Watches a console as it comes, in pieces, for a kernel panic. Memory is bounded by one piece and one line of 4 KiB. */
export class PanicWatch {
  #line = '';
  #panic: string | undefined;

  /** The line that tells of the panic; undefined while there was none. */
  get panic(): string | undefined {
    return this.#panic;
  }

  /** Takes the next piece (latin1, so that a piece may end within a character). */
  add(piece: string): void {
    if (this.#panic !== undefined) return;
    const text = this.#line + piece;
    this.#panic = sign.exec(text)?.[0].slice(0, 500);
    this.#line = text.slice(Math.max(text.lastIndexOf('\n') + 1, text.length - longestLine));
  }
}
