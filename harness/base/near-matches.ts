/**
 * Edit distance with transpositions of neighbours (optimal string alignment), as used for typing mistakes.
 * Both texts are cut to 64 characters, so that an input of any size costs little.
 */
export function editDistance(left: string, right: string): number {
  const a = left.slice(0, 64);
  const b = right.slice(0, 64);
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_unused, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** Letters and digits only, lower case: "HP LaserJet-1020" and "hp laserjet 1020" are the same name. */
function plain(name: string): string {
  return name.toLowerCase().normalize('NFKD').replace(/[^\p{L}\p{N}]+/gu, '');
}

/**
 * The names most like `asked`, best first: those that contain it or are contained in it, and those a few typing mistakes away.
 * Case, spaces and punctuation do not count. Empty when nothing is near.
 */
export function nearMatches(asked: string, names: Iterable<string>, most = 3): string[] {
  const wanted = plain(asked).slice(0, 64);
  if (wanted === '') return [];
  const scored: { readonly name: string; readonly score: number }[] = [];
  for (const name of names) {
    const candidate = plain(name).slice(0, 64);
    const distance = editDistance(wanted, candidate);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, candidate.length) / 3));
    const inside = Math.min(wanted.length, candidate.length) >= 3 && (candidate.includes(wanted) || wanted.includes(candidate));
    if (inside || distance <= allowed) scored.push({ name, score: inside ? Math.min(distance, 1) : distance });
  }
  return scored
    .sort((left, right) => left.score - right.score || left.name.localeCompare(right.name, 'en'))
    .slice(0, most)
    .map((entry) => entry.name);
}

/** `; did you mean "a" or "b"?`, or `; known: a, b, c` when nothing is near, for the end of an error message. */
export function didYouMean(asked: string, names: Iterable<string>): string {
  const all = [...names];
  const near = nearMatches(asked, all);
  if (near.length > 0) return `; did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`;
  if (all.length === 0) return '; there are none';
  return `; known: ${all.slice(0, 8).join(', ')}${all.length > 8 ? `, and ${all.length - 8} more` : ''}`;
}
