import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files that every page loads. */
export interface SiteAssets {
  readonly files: ReadonlyMap<string, { readonly type: string; readonly body: Buffer }>;
  /** Changes with any of them. */
  readonly version: string;
}

const sources: readonly (readonly [name: string, file: string, type: string])[] = [
  ['site.css', 'site.css', 'text/css; charset=utf-8'],
  ['site.js', 'site.browser.js', 'text/javascript; charset=utf-8'],
  ['static.js', 'static.browser.js', 'text/javascript; charset=utf-8'],
  ['icon.svg', 'icon.svg', 'image/svg+xml'],
];

/** Reads style, script and icon of the pages from the checkout. */
export function loadSiteAssets(): SiteAssets {
  const files = new Map(sources.map(([name, file, type]) => [name, { type, body: readFileSync(join(import.meta.dirname, '../pages', file)) }] as const));
  const hash = createHash('sha256');
  for (const { body } of files.values()) hash.update(body);
  return { files, version: hash.digest('hex').slice(0, 12) };
}
