/**
 * Text from a guest, a device, a file or a person, as it may stand in a line on a terminal: control and formatting characters, which a terminal
 * obeys, and white space become one space; at most `most` characters.
 */
export function oneLine(text: string, most = Infinity): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, most);
}
