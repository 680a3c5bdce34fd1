import type { Language } from '../../db/verdicts/verdict-texts.ts';

/** Where pages are. A server has paths, a static copy relative files; pages ask this and know neither. */
export interface Links {
  readonly asset: (name: string) => string;
  readonly page: (page: Page) => string;
  /** The same page in the other language. */
  readonly other: (language: Language, page: Page) => string;
  /** An address of the interface for programs; undefined where there is no server. */
  readonly api: (path: string) => string | undefined;
}

/** A page without its language. */
export type Page =
  | { readonly kind: 'search'; readonly query?: string }
  | { readonly kind: 'device'; readonly device: string; readonly image?: string }
  | { readonly kind: 'listed'; readonly device: string }
  | { readonly kind: 'certificate'; readonly device: string; readonly image: string }
  | { readonly kind: 'compare'; readonly devices: readonly string[] }
  | { readonly kind: 'tender' }
  | { readonly kind: 'about' };

/** Links of a server, under a prefix: empty, or `/r/2026-11-22` for a data release. */
export function serverLinks(language: Language, prefix = ''): Links {
  return {
    asset: (name) => `/assets/${name}`,
    page: (page) => serverPath(language, page, prefix),
    other: (other, page) => serverPath(other, page, prefix),
    api: (path) => `/api/v1${prefix}/${path}`,
  };
}

/** `/ru/d/acme-laser/debian-12` */
export function serverPath(language: Language, page: Page, prefix = ''): string {
  const root = `${prefix}/${language}`;
  switch (page.kind) {
    case 'search':
      return `${root}/${page.query ? `?${page.query}` : ''}`;
    case 'device':
      return `${root}/d/${segment(page.device)}${page.image === undefined ? '' : `/${segment(page.image)}`}`;
    case 'listed':
      return `${root}/p/${segment(page.device)}`;
    case 'certificate':
      return `${root}/c/${segment(page.device)}/${segment(page.image)}`;
    case 'compare':
      return `${root}/compare${page.devices.length === 0 ? '' : `?${page.devices.map((id) => `id=${encodeURIComponent(id)}`).join('&')}`}`;
    case 'tender':
      return `${root}/tender`;
    case 'about':
      return `${root}/about`;
  }
}

/** Links between the files of a static copy, from a page that lies `depth` folders below its root. */
export function fileLinks(language: Language, depth: number): Links {
  const up = '../'.repeat(depth);
  return {
    asset: (name) => `${up}assets/${name}`,
    page: (page) => `${up}${filePath(language, page)}`,
    other: (other, page) => `${up}${filePath(other, page)}`,
    api: () => undefined,
  };
}

/** `ru/d/acme-laser/debian-12.html` */
export function filePath(language: Language, page: Page): string {
  switch (page.kind) {
    case 'search':
      return `${language}/index.html${page.query ? `#${page.query}` : ''}`;
    case 'device':
      return `${language}/d/${segment(page.device)}${page.image === undefined ? '' : `/${segment(page.image)}`}.html`;
    case 'listed':
      return `${language}/p/${segment(page.device)}.html`;
    case 'certificate':
      return `${language}/c/${segment(page.device)}/${segment(page.image)}.html`;
    case 'compare':
      return `${language}/compare.html${page.devices.length === 0 ? '' : `#${page.devices.map(encodeURIComponent).join(',')}`}`;
    case 'tender':
      return `${language}/tender.html`;
    case 'about':
      return `${language}/about.html`;
  }
}

function segment(id: string): string {
  return encodeURIComponent(id.toWellFormed());
}
