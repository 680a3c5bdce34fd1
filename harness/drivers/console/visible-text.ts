/** Bytes of a console as safe text: escape sequences removed, other control characters shown as \xNN, tabs and line ends kept. */
export function visibleText(bytes: Uint8Array): string {
  const text = new TextDecoder('utf-8').decode(bytes);
  return (
    text
      // eslint-disable-next-line no-control-regex -- terminal control sequences (ECMA-48, 5.4) are what is looked for
      .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]{0,200}(?:\u0007|\u001b\\)|[@-Z\\^_c])/g, '')
      .replace(/\r+\n/g, '\n')
      // eslint-disable-next-line no-control-regex -- the rest of C0 and C1
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
  );
}

/** The last `count` lines of a text. */
export function lastLines(text: string, count: number): string {
  const lines = text.replace(/\n+$/, '').split('\n');
  return lines.slice(-Math.max(1, count)).join('\n');
}
