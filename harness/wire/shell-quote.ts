/** One word of a POSIX shell command line, whatever `text` holds (IEEE Std 1003.1, XCU 2.2.2). */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
