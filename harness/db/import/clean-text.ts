/** Text of a list as it may be kept: one line, no control or invisible characters, at most `most` characters. Empty when nothing is left. */
export function cleanText(text: string, most = 160): string {
  return text
    .slice(0, most * 4)
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\s]+/gu, ' ')
    .trim()
    .slice(0, most)
    .trim();
}
