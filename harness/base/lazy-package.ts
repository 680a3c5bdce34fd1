import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A package that is loaded when it is first used: most commands get by without, and start the sooner. The package must offer CommonJS. */
export function lazyPackage<T>(name: string): () => T {
  let loaded: { readonly module: T } | undefined;
  return () => {
    loaded ??= { module: require(name) as T };
    return loaded.module;
  };
}
