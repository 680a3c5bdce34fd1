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
 * @param around runs the body, and is told afterwards whether it was a change; what the body causes at once happens inside
 */
export function watchControls<T>(controls: T, around: (name: string, body: () => boolean) => void, prefix = ''): T {
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
          });
          return result;
        };
      }
      return typeof value === 'object' && value !== null && acts(value) ? watchControls(value, around, `${prefix}${key}.`) : value;
    },
    set: (target, key, value) => {
      around(`${prefix}${String(key)}=`, () => Reflect.set(target, key, value, target));
      return true;
    },
  });
}
