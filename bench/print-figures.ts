/** One measured comparison: our figure, what it is compared with in the same run, and the goal for their ratio. */
export interface Figure {
  readonly what: string;
  readonly ours: number;
  readonly theirs: number;
  readonly unit: string;
  /** What `theirs` is. */
  readonly against: string;
  /** Goal for ours / theirs; left out where the comparison is only for orientation. */
  readonly goal?: { readonly atMost?: number; readonly atLeast?: number };
}

export function ratioOf(figure: Figure): number {
  return figure.ours / figure.theirs;
}

/** True when the ratio reaches its goal. */
export function reached(figure: Figure): boolean {
  const ratio = ratioOf(figure);
  return ratio <= (figure.goal?.atMost ?? Infinity) && ratio >= (figure.goal?.atLeast ?? 0);
}

/** The figures as aligned lines, each with its ratio and its goal. */
export function formatFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.what,
    `${round(figure.ours)} ${figure.unit}`,
    `${round(figure.theirs)} ${figure.unit}  ${figure.against}`,
    `${ratioOf(figure).toFixed(3)}`,
    figure.goal === undefined ? '-' : figure.goal.atMost === undefined ? `>= ${figure.goal.atLeast ?? 0}` : `<= ${figure.goal.atMost}`,
    figure.goal === undefined ? '' : reached(figure) ? 'reached' : 'NOT reached',
  ]);
  const titles = ['what', 'ours', 'compared with', 'ratio', 'goal', ''];
  const widths = titles.map((title, index) => Math.max(title.length, ...rows.map((row) => row[index]?.length ?? 0)));
  return [titles, ...rows].map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ').trimEnd()).join('\n');
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
