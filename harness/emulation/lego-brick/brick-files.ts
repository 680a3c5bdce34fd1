import { createHash } from 'node:crypto';

const mostBytes = 16 * 1024 * 1024;
const mostFiles = 500;

/** The files of a brick: paths with slashes on an EV3, plain names on an NXT. */
export class BrickFiles {
  readonly #files = new Map<string, Buffer>();

  get(path: string): Buffer | undefined {
    return this.#files.get(path);
  }

  /** False if the brick is full. */
  put(path: string, content: Uint8Array): boolean {
    const others = [...this.#files].reduce((sum, [name, { length }]) => sum + (name === path ? 0 : length), 0);
    if (others + content.length > mostBytes || (!this.#files.has(path) && this.#files.size >= mostFiles)) return false;
    this.#files.set(path, Buffer.from(content));
    return true;
  }

  delete(path: string): boolean {
    return this.#files.delete(path);
  }

  names(): string[] {
    return [...this.#files.keys()].sort();
  }

  /** A folder as an EV3 lists it: folders with a slash, files as MD5, size in hex and name, each on a line. Undefined if there is no such folder. */
  list(folder: string): string | undefined {
    const prefix = folder.endsWith('/') ? folder : `${folder}/`;
    const inside = this.names().filter((name) => name.startsWith(prefix));
    if (inside.length === 0) return undefined;
    const lines = new Set(['./', '../']);
    for (const name of inside) {
      const [first = '', ...rest] = name.slice(prefix.length).split('/');
      const content = this.#files.get(name);
      if (rest.length > 0) lines.add(`${first}/`);
      else if (content) lines.add(`${createHash('md5').update(content).digest('hex').toUpperCase()} ${content.length.toString(16).toUpperCase().padStart(8, '0')} ${first}`);
    }
    return `${[...lines].join('\n')}\n`;
  }

  clear(): void {
    this.#files.clear();
  }
}
