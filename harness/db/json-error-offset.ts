/** One token of JSON (RFC 8259) with the white space before it; an empty `token` is the end of the text or no token at all. */
// eslint-disable-next-line no-control-regex -- control characters may not stand in a JSON string
const tokenPattern = /([ \t\r\n]*)("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:])?/y;

/** What may come next. */
type Expects = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end' | 'end';

/**
 * Offset of the first character at which a text stops being JSON; the length of a text that ends too early. V8 tells the place
 * only for some errors.
 */
export function jsonErrorOffset(text: string): number {
  const open: ('{' | '[')[] = [];
  let expects: Expects = 'value';
  let at = 0;
  for (;;) {
    tokenPattern.lastIndex = at;
    const [, space = '', token = ''] = tokenPattern.exec(text) ?? [];
    const start = at + space.length;
    if (token === '') return start;
    const next = step(token, expects, open);
    if (next === undefined) return start;
    expects = next;
    at = start + token.length;
  }
}

/** What may come after `token`, or undefined if it may not stand here. Keeps the stack of open brackets. */
function step(token: string, expects: Expects, open: ('{' | '[')[]): Expects | undefined {
  const afterValue = (): Expects => (open.length === 0 ? 'end' : ', or end');
  const first = token.charAt(0);
  const closes = (first === ']' && (expects === 'value or ]' || (expects === ', or end' && open.at(-1) === '['))) || (first === '}' && (expects === 'key or }' || (expects === ', or end' && open.at(-1) === '{')));
  if (closes) {
    open.pop();
    return afterValue();
  }
  switch (expects) {
    case 'value':
    case 'value or ]':
      if (first === '{' || first === '[') {
        open.push(first);
        return first === '{' ? 'key or }' : 'value or ]';
      }
      return '}],:'.includes(first) ? undefined : afterValue();
    case 'key':
    case 'key or }':
      return first === '"' ? ':' : undefined;
    case ':':
      return first === ':' ? 'value' : undefined;
    case ', or end':
      if (first !== ',') return undefined;
      return open.at(-1) === '{' ? 'key' : 'value';
    case 'end':
      return undefined;
  }
}
