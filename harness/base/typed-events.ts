export type Listener<T> = (payload: T) => void | Promise<void>;

/**
 * Events by name with a typed payload. Delivery is in order and awaited, so that a slow sink slows the source instead of
 * losing events; an error of one listener does not stop the others and is handed to `onError`.
 */
export class TypedEvents<Events extends object> {
  readonly #listeners = new Map<keyof Events, Listener<never>[]>();
  readonly #onError: (error: unknown, event: string) => void;

  constructor(onError: (error: unknown, event: string) => void) {
    this.#onError = onError;
  }

  on<K extends keyof Events>(event: K, listener: Listener<Events[K]>): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener as Listener<never>]);
  }

  async emit<K extends keyof Events>(event: K, payload: Events[K]): Promise<void> {
    for (const listener of this.#listeners.get(event) ?? []) {
      try {
        await (listener as Listener<Events[K]>)(payload);
      } catch (error) {
        this.#onError(error, String(event));
      }
    }
  }
}
