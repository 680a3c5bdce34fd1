import { createHash } from 'node:crypto';

/** Bytes of one value that are looked at; of what brings more its beginning and its length tell. */
const mostOfValue = 4 * 1024 * 1024;

/** What stands for the values of a call: the same for the same values. Functions count for nothing, and so does what no JSON can be made of. */
export function valuesMark(values: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const value of values) {
    const bytes = ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.from(jsonOf(value));
    hash.update(`${bytes.length} `).update(bytes.subarray(0, mostOfValue));
  }
  return hash.digest('hex').slice(0, 12);
}

function jsonOf(value: unknown): string {
  try {
    // Of a function and of undefined it makes undefined, whatever its type says.
    return (JSON.stringify(value) as string | undefined) ?? '';
  } catch {
    return '';
  }
}

/** Values that are data and not something to act on. */
function isData(value: object): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value) || value instanceof Promise || value instanceof Date || value instanceof Map || value instanceof Set || value instanceof AbortSignal;
}

function acts(value: object): boolean {
  if (isData(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype !== Object.prototype && prototype !== null) || Object.values(value).some((each) => typeof each === 'function');
}

/**
 * The controls of a unit, with what the suite changes told to `around`: a property that is set, or a method that returns nothing or a promise.
 * What returns a value at once is a look and changes nothing. Parts that have methods of their own are watched too, by `part.method`.
 * @param around runs the body, and is told afterwards whether it was a change; what the body causes at once happens inside. `values` tells what the suite gave
 */
export function watchControls<T>(controls: T, around: (name: string, body: () => boolean, values: readonly unknown[]) => void, prefix = ''): T {
  if (typeof controls !== 'object' || controls === null) return controls;
  return new Proxy(controls, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof key === 'symbol') return value;
      if (typeof value === 'function') {
        return (...args: unknown[]): unknown => {
          let result: unknown;
          around(`${prefix}${key}`, () => {
            result = Reflect.apply(value, target, args);
            return result === undefined || result instanceof Promise;
          }, args);
          return result;
        };
      }
      return typeof value === 'object' && value !== null && acts(value) ? watchControls(value, around, `${prefix}${key}.`) : value;
    },
    set: (target, key, value) => {
      around(`${prefix}${String(key)}=`, () => Reflect.set(target, key, value, target), [value]);
      return true;
    },
  });
}
