/** The one way in which data files are written: two spaces, short arrays of plain values on a line, a line feed at the end. */
export function canonicalJson(value: unknown): string {
  return `${write(value, '', 0)}\n`;
}

/** Longest line on which an array of plain values stays. */
const widest = 120;

/** @param taken characters already on the line: the indentation and the key */
function write(value: unknown, indent: string, taken: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    if (value.every((item) => typeof item !== 'object' || item === null)) {
      const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
      if (taken + line.length <= widest) return line;
    }
    return `[\n${value.map((item) => `${inner}${write(item, inner, inner.length)}`).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, item]) => {
    const name = `${inner}${JSON.stringify(key)}: `;
    return `${name}${write(item, inner, name.length)}`;
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
