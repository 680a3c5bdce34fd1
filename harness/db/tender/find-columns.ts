import type { SheetRow } from './sheet.ts';

/** What a column of a list holds. */
export type ColumnRole = 'number' | 'name' | 'model' | 'vendor' | 'article' | 'usb' | 'quantity' | 'unit' | 'price' | 'note';

/** Which column holds what; the row of the header is undefined when there is none. */
export interface Columns {
  readonly header: SheetRow | undefined;
  readonly roles: ReadonlyMap<number, ColumnRole>;
}

/** The first that fits decides: `Цена за единицу` is a price and no unit, `Марка, модель` a model and no vendor. */
const patterns: readonly (readonly [ColumnRole, RegExp])[] = [
  // A list that was checked before.
  ['name', /^(?:в вашем списке|in your list)$/],
  ['note', /^(?:модель в базе|model in the database)$/],
  ['price', /цен[аы]|стоимост|сумма|ндс|нмц|price|cost|\bsum\b|\btotal\b|\bvat\b/],
  ['usb', /^id$|^ids$|vid.{0,3}pid|usb.{0,3}id|\bid usb\b|идентификатор usb/],
  ['article', /артикул|^арт\b|каталожн|код (?:товара|производителя|изделия|модели)|парт.{0,2}номер|part.{0,2}(?:no|number|num)|^p\/?n$|\bsku\b|\barticle\b|заказной номер|order (?:code|no)/],
  ['quantity', /^кол(?:$|[ .-]|ичество|во)|количество|^qty\b|quantity|^count$|^pcs$|^число|потребность/],
  ['unit', /^ед(?:\.|$| |иниц)|ед\.? ?изм|\bunits?\b|\buom\b/],
  ['model', /модел|\bmodel\b/],
  ['vendor', /производител|изготовител|^марка$|торговая марка|бренд|вендор|\bvendor\b|manufacturer|\bbrand\b|\bmaker?\b/],
  ['number', /^(?:№|n|no|nr|#)(?:$|[ .])|^№|^п\/?п|номер (?:по|п)|номер строки/],
  ['note', /примечан|комментар|характеристик|требовани|страна|срок|гарант|адрес|\bnotes?\b|comments?|remarks?|specification|country|warranty|address/],
  ['name', /наименован|название|товар|оборудован|предмет|позици|устройств|марка|\bname\b|\bitems?\b|product|device|equipment|description|описание/],
];

/** Columns by which a line can be recognised. */
export const naming: ReadonlySet<ColumnRole> = new Set(['name', 'model', 'article', 'usb']);

/** Rows from the beginning among which the header is looked for. */
const headerWithin = 60;

/** Finds the header and what each column holds; without a header it is guessed from what the columns hold. */
export function findColumns(rows: readonly SheetRow[]): Columns {
  const scored = rows.slice(0, headerWithin).map((header) => ({ header, roles: rolesOf(header) }));
  const best = scored.filter(({ header, roles }) => isHeader(header, roles)).sort((left, right) => right.roles.size - left.roles.size)[0];
  return best ?? { header: undefined, roles: guessedRoles(rows) };
}

/** What each cell says its column holds, read as a header; of two columns with one role the first has it. */
export function rolesOf(row: SheetRow): ReadonlyMap<number, ColumnRole> {
  const roles = new Map<number, ColumnRole>();
  for (const [column, cell] of row.cells.entries()) {
    const text = cell.toLowerCase().replaceAll('ё', 'е').replace(/\s+/g, ' ');
    const role = text.length > 60 ? undefined : patterns.find(([, pattern]) => pattern.test(text))?.[0];
    if (role !== undefined && ![...roles.values()].includes(role)) roles.set(column, role);
  }
  return roles;
}

function isHeader(row: SheetRow, roles: ReadonlyMap<number, ColumnRole>): boolean {
  const filled = row.cells.filter((cell) => cell !== '');
  const named = [...roles.values()].some((role) => naming.has(role));
  // A row of data has numbers in it; a header hardly ever.
  const digits = filled.filter((cell) => /\d/.test(cell)).length;
  if (!named || digits * 2 > filled.length) return false;
  return roles.size >= 2 || (filled.length === 1 && filled[0] !== undefined && filled[0].length <= 30 && digits === 0 && !/\s\S+\s/.test(filled[0]));
}

function guessedRoles(rows: readonly SheetRow[]): ReadonlyMap<number, ColumnRole> {
  const width = Math.max(0, ...rows.map((row) => row.cells.length));
  const columns = Array.from({ length: width }, (_unused, column) => rows.flatMap((row) => (row.cells[column] ? [row.cells[column]] : [])));
  const letters = columns.map((cells) => cells.reduce((sum, cell) => sum + Math.min(60, cell.match(/\p{L}/gu)?.length ?? 0), 0));
  const name = letters.indexOf(Math.max(...letters));
  const roles = new Map<number, ColumnRole>();
  if (name >= 0) roles.set(name, 'name');
  const usb = columns.findIndex((cells, column) => column !== name && most(cells, /^(?:0x)?[0-9a-f]{4}:(?:0x)?[0-9a-f]{4}$/i));
  if (usb >= 0) roles.set(usb, 'usb');
  // A column that counts 1, 2, 3 numbers the lines.
  const quantity = columns.findIndex((cells, column) => !roles.has(column) && most(cells, /^\d{1,6}(?:[.,]0+)?\s*(?:шт\S*|компл\S*|pcs?|ед\S*)?$/i) && !counts(cells));
  if (quantity >= 0) roles.set(quantity, 'quantity');
  return roles;
}

function most(cells: readonly string[], pattern: RegExp): boolean {
  return cells.length > 0 && cells.filter((cell) => pattern.test(cell)).length * 2 > cells.length;
}

function counts(cells: readonly string[]): boolean {
  return cells.length > 1 && cells.every((cell, index) => Number.parseInt(cell, 10) === index + Number.parseInt(cells[0] ?? '', 10));
}
