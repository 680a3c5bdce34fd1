/** Orders two versions of Debian packages: below 0, 0, above 0 (deb-version(7): epoch, upstream version, revision; `~` sorts before the end). */
export function compareVersions(a: string, b: string): number {
  const [one, two] = [parts(a), parts(b)];
  return one.epoch - two.epoch || comparePart(one.upstream, two.upstream) || comparePart(one.revision, two.revision);
}

function parts(version: string): { epoch: number; upstream: string; revision: string } {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return { epoch: colon < 0 ? 0 : Number(version.slice(0, colon)) || 0, upstream: dash < 0 ? rest : rest.slice(0, dash), revision: dash < 0 ? '0' : rest.slice(dash + 1) };
}

/** Text and number by turns: texts by their letters first, `~` before everything and the end, numbers by value. */
function comparePart(a: string, b: string): number {
  const one = a.matchAll(/(\D*)(\d*)/g);
  const two = b.matchAll(/(\D*)(\d*)/g);
  for (;;) {
    const [, textA = '', numberA = ''] = one.next().value ?? [];
    const [, textB = '', numberB = ''] = two.next().value ?? [];
    if (textA === '' && numberA === '' && textB === '' && numberB === '') return 0;
    for (let at = 0; at < Math.max(textA.length, textB.length); at += 1) {
      const order = weight(textA[at]) - weight(textB[at]);
      if (order !== 0) return order;
    }
    const order = BigInt(numberA || '0') - BigInt(numberB || '0');
    if (order !== 0n) return order > 0n ? 1 : -1;
  }
}

function weight(letter: string | undefined): number {
  if (letter === undefined) return 0;
  if (letter === '~') return -1;
  const code = letter.charCodeAt(0);
  return /[A-Za-z]/.test(letter) ? code : code + 256;
}
