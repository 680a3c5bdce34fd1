/** First characters by which a spreadsheet program takes a text for a formula, also in their full-width form. */
const formulaStart = /^[\s']*[=+\-@|%＝＋－＠]/u;

/**
 * Text for a cell of an exported file. A text that a spreadsheet program could take for a formula gets an apostrophe before it; control
 * and invisible characters become spaces or vanish, line feeds stay.
 */
export function safeCell(text: string): string {
  const plain = text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .replace(/[\p{Cf}\p{Noncharacter_Code_Point}]/gu, '');
  return formulaStart.test(plain) ? `'${plain}` : plain;
}
