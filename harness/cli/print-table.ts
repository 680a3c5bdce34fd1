/** Prints rows as aligned columns, or as JSON. Control characters of data are made visible. */
export function printTable(rows: readonly Readonly<Record<string, string>>[], json: boolean): void {
  if (json) {
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  const columns = Object.keys(rows[0] ?? {});
  if (columns.length === 0) {
    process.stdout.write('none\n');
    return;
  }
  const clean = rows.map((row) => columns.map((column) => visible(row[column] ?? '')));
  const widths = columns.map((column, index) => Math.max(column.length, ...clean.map((cells) => cells[index]?.length ?? 0)));
  for (const cells of [columns, ...clean]) {
    process.stdout.write(`${cells.map((cell, index) => (index === columns.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  ')}\n`);
  }
}

function visible(text: string): string {
  // eslint-disable-next-line no-control-regex -- the point is to find control characters
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
