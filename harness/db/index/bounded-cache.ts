/** Keeps the values that were asked for last, at most so many. */
export class BoundedCache<V> {
  readonly #most: number;
  readonly #values = new Map<string | number, V>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value of a key, made if it is not kept. Not for values that are undefined. */
  get(key: string | number, make: () => V): V {
    const kept = this.#values.get(key);
    const value = kept ?? make();
    if (kept !== undefined) this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size > this.#most) this.#values.delete(this.#values.keys().next().value ?? key);
    return value;
  }
}
