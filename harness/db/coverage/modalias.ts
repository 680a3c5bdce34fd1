/** A USB modalias or pattern in its fields; `*` stands for any (Linux, scripts/mod/file2alias.c, do_usb_entry). */
export interface UsbPattern {
  readonly vendor: string;
  readonly product: string;
  /** bcdDevice; a pattern may hold ranges. */
  readonly revision: string;
  readonly deviceClass: string;
  readonly deviceSubclass: string;
  readonly deviceProtocol: string;
  readonly interfaceClass: string;
  readonly interfaceSubclass: string;
  readonly interfaceProtocol: string;
}

const usbShape = /^usb:v([0-9A-F]{4}|\*)p([0-9A-F]{4}|\*)(?:\*$|d(.*?)dc(..?)dsc(..?)dp(..?)ic(..?)isc(..?)ip(..?)(?:in.*|\*)?$)/i;

/** The fields of a USB pattern; undefined for anything else. A short one as in hwdb files, `usb:v04A9p2206*`, has `*` for the rest. */
export function parseUsbPattern(pattern: string): UsbPattern | undefined {
  const found = usbShape.exec(pattern.length > 300 ? '' : pattern);
  if (!found) return undefined;
  const field = (index: number): string => (found[index] ?? '*').toUpperCase();
  return {
    vendor: field(1),
    product: field(2),
    revision: field(3),
    deviceClass: field(4),
    deviceSubclass: field(5),
    deviceProtocol: field(6),
    interfaceClass: field(7),
    interfaceSubclass: field(8),
    interfaceProtocol: field(9),
  };
}

type Token = { readonly kind: 'any' } | { readonly kind: 'one'; readonly accepts: (character: string) => boolean; readonly text: string };

const compiled = new Map<string, readonly Token[]>();

/** Splits an fnmatch(3) pattern into its parts. A `[` that is never closed stands for itself. */
function tokensOf(pattern: string): readonly Token[] {
  const known = compiled.get(pattern);
  if (known) return known;
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    const close = character === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'any') tokens.push({ kind: 'any' });
    } else if (character === '?') tokens.push({ kind: 'one', accepts: () => true, text: '?' });
    else if (close > 0) {
      tokens.push(setOf(pattern.slice(at + 1, close)));
      at = close;
    } else tokens.push({ kind: 'one', accepts: (other) => other === character, text: character });
  }
  if (compiled.size > 50_000) compiled.clear();
  compiled.set(pattern, tokens);
  return tokens;
}

function setOf(content: string): Token {
  const negated = /^[!^]/.test(content);
  const body = negated ? content.slice(1) : content;
  const accepted = new Set<string>();
  for (let at = 0; at < body.length; at += 1) {
    const from = body.charCodeAt(at);
    const to = body[at + 1] === '-' && at + 2 < body.length ? body.charCodeAt(at + 2) : from;
    if (to !== from) at += 2;
    for (let code = from; code <= Math.min(to, from + 256); code += 1) accepted.add(String.fromCharCode(code));
  }
  return { kind: 'one', accepts: (character) => accepted.has(character) !== negated, text: `[${content}]` };
}

/** Whether a text matches a pattern as in fnmatch(3). Time is at most the product of both lengths, whatever they hold. */
export function globMatches(pattern: string, text: string): boolean {
  return walk(tokensOf(pattern), [...text], (token, character) => token.accepts(character));
}

/** Whether everything that `narrow` matches is matched by `wide` too. Says no when it cannot tell. */
export function subsumes(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  return walk(tokensOf(wide), tokensOf(narrow), (token, other) => other.kind === 'one' && (token.text === '?' || token.text === other.text || (other.text.length === 1 && other.text !== '?' && token.accepts(other.text))));
}

/** Greedy match with one place to come back to, as usual for `*`. */
function walk<T>(tokens: readonly Token[], text: readonly T[], same: (token: Token & { kind: 'one' }, item: T) => boolean): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const current = tokens[token];
    const item = text[at];
    if (current?.kind === 'any') {
      star = token;
      resume = at;
      token += 1;
    } else if (current !== undefined && item !== undefined && same(current, item)) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      token = star + 1;
      resume += 1;
      at = resume;
    } else return false;
  }
  while (tokens[token]?.kind === 'any') token += 1;
  return token === tokens.length;
}
