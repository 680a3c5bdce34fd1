/** JSON that is also a script, and holds no end of a script element. */
export function asScript(value: unknown): string {
  return JSON.stringify(value).replace(/[\u2028\u2029<]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
