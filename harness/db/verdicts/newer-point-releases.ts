/** What is needed of an image record: versions count within a line, `12.4` of `debian`. */
export interface ReleaseFacts {
  readonly id: string;
  readonly line?: string;
  readonly version: string;
  /** ISO date */
  readonly releasedAt?: string;
}

/** How many point releases of the same major version of the same line came out after this one, up to `now`. */
export function newerPointReleases(image: ReleaseFacts, images: Iterable<ReleaseFacts>, now: Date): number {
  const today = now.toISOString().slice(0, 10);
  const own = numbersOf(image.version);
  const newer = [...images].filter((other) => {
    if (image.line === undefined || other.line !== image.line || (other.releasedAt ?? '') > today) return false;
    const numbers = numbersOf(other.version);
    return numbers[0] === own[0] && compare(numbers, own) > 0;
  });
  return new Set(newer.map((other) => other.version)).size;
}

function numbersOf(version: string): readonly number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}

function compare(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
