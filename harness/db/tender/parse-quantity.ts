/** A quantity as a list gives it. */
export interface Quantity {
  /** As it stands in the list; empty when there is none. */
  readonly text: string;
  /** undefined when the text holds no number or more than one. */
  readonly value: number | undefined;
}

/** What stands for pieces. */
const pieces = String.raw`(?:шт(?:ук[аи]?)?|ед|компл(?:ект(?:а|ов)?)?|к-т|pcs?|pieces?|units?|ea)\.?`;
const atTheEnd = new RegExp(String.raw`[\s,;:(–—-]+(?:[xх×]\s*)?(\d{1,6})\s*${pieces}\s*\)?\s*$`, 'iu');
/** Characters at the end of a name in which a quantity is looked for. */
const longestEnd = 60;
const inWords = /\((?:[\p{L}\s-]+)\)/gu;

/** `15`, `15 шт.`, `1 000`, `2,5`, `15 (пятнадцать) шт`, `шт. 15`. */
export function parseQuantity(text: string): Quantity {
  const plain = text.slice(0, 200).replace(inWords, ' ').replace(/(\d)[\s'](?=\d{3}(?!\d))/g, '$1');
  const numbers = plain.match(/\d+(?:[.,]\d+)?/g) ?? [];
  const value = numbers.length === 1 ? Number(numbers[0].replace(',', '.')) : undefined;
  return { text, value: value !== undefined && value <= 1e9 ? value : undefined };
}

/** Divides `HP LaserJet 1320 - 15 шт.` into the name and the quantity. */
export function quantityInName(name: string): { readonly name: string; readonly quantity: Quantity } {
  // Only the end can hold it, and a cell may be a page of hyphens.
  const start = Math.max(0, name.length - longestEnd);
  const found = atTheEnd.exec(name.slice(start));
  if (!found || start + found.index === 0) return { name, quantity: { text: '', value: undefined } };
  return { name: name.slice(0, start + found.index).trim(), quantity: { text: found[0].replace(/^[\s,;:(–—-]+|\)?\s*$/g, ''), value: Number(found[1]) } };
}
