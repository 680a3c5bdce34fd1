/** A few lines at the bottom of a terminal that are painted over; lines that stay are printed above them. */
export class LiveLines {
  readonly #write: (text: string) => void;
  readonly #columns: () => number;
  #painted = 0;

  /** `columns`: the terminal's width now; longer lines are cut, because a wrapped line could not be painted over. */
  constructor(write: (text: string) => void, columns: () => number) {
    this.#write = write;
    this.#columns = columns;
  }

  /** Replaces the live lines. They must hold no colours, which would be cut in half. */
  show(lines: readonly string[]): void {
    const width = Math.max(20, this.#columns() - 1);
    const cut = lines.map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line));
    this.#write(this.#erase() + cut.map((line) => `${line}\n`).join(''));
    this.#painted = cut.length;
  }

  /** Prints a line that stays, above the live ones. */
  keep(line: string, live: readonly string[]): void {
    this.#write(`${this.#erase()}${line}\n`);
    this.#painted = 0;
    this.show(live);
  }

  clear(): void {
    this.#write(this.#erase());
    this.#painted = 0;
  }

  #erase(): string {
    return this.#painted === 0 ? '' : `\u001b[${this.#painted}A\u001b[0J`;
  }
}
