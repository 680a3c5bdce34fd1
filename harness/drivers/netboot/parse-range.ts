/**
 * A single range of an HTTP request (RFC 9110, 14.2), as bytes from `start` up to and without `end`; undefined for none, for a unit that is not bytes and for
 * several ranges, which a server may ignore.
 */
export function parseRange(header: string | undefined, size: number): { readonly start: number; readonly end: number } | 'outside' | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return undefined;
  const [, first = '', last = ''] = found;
  if (first === '') {
    const length = Math.min(Number(last), size);
    return length === 0 ? 'outside' : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === '' ? size : Math.min(Number(last) + 1, size);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? 'outside' : { start, end };
}
