/** What a bundle may be; a real one is some megabytes. */
export const bundleLimits = {
  /** Of the file as it is. */
  packedBytes: 512 * 2 ** 20,
  /** Of all that is in it. */
  bytes: 1024 * 2 ** 20,
  files: 20_000,
  /** Of bundle.json. */
  manifestBytes: 16 * 2 ** 20,
  pathLength: 300,
} as const;

/** The name of the first file. */
export const bundleManifest = 'bundle.json';

/** What a file in a bundle may be called: below these folders, plain words, no way out. Returns why not. */
export function badPath(path: string): string | undefined {
  if (path.length > bundleLimits.pathLength) return 'its name is too long';
  if (!/^(suites|artefacts)\/[\w@+,=. /-]+$/.test(path)) return 'it stands where no file of a bundle stands';
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..' || part.startsWith(' '))) return 'its name leads elsewhere';
  return undefined;
}
