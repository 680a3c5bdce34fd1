/** A piece of HTML. Only `html` and `trusted` make one; everything else that goes into a page is escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = Html | string | number | undefined | false | null | readonly HtmlPart[];

/** A template whose values are escaped, for text and for attributes in double quotes. Arrays are joined; undefined, null and false are nothing. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlPart[]): Html {
  let text = strings[0] ?? '';
  values.forEach((value, index) => {
    text += render(value) + (strings[index + 1] ?? '');
  });
  return new Html(text);
}

/** Text of our own that is already HTML: style sheets and scripts of the checkout. Never for anything that came from outside. */
export function trusted(text: string): Html {
  return new Html(text);
}

function render(value: HtmlPart): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return value.map(render).join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for HTML and makes what would hide or reorder text visible. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/**
 * Text that shows what it holds: terminal colours are taken out, other control characters, bidirectional overrides and invisible characters are
 * shown as their code, so that a device cannot make a line read as another.
 */
export function visibleText(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex
      .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
      .replaceAll('\r\n', '\n')
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .toWellFormed()
  );
}

/** A relative link to a file of the night's folder; undefined for a path that would leave it. */
export function fileLink(path: string): string | undefined {
  const parts = path.split('/');
  if (path === '' || parts.some((part) => part === '' || part === '.' || part === '..') || /[\u0000\\]/.test(path)) return undefined; // eslint-disable-line no-control-regex
  // The leading ./ keeps a colon in the first part from being read as a scheme.
  return `./${parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/')}`;
}
