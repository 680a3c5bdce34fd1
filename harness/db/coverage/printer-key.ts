/** Makers that go by several names in device ids and driver lists. */
const sameMaker: Readonly<Record<string, string>> = {
  hewlettpackard: 'hp',
  hpinc: 'hp',
  seikoepson: 'epson',
  canoninc: 'canon',
  brotherindustries: 'brother',
  kyoceramita: 'kyocera',
  kyoceradocumentsolutions: 'kyocera',
  samsungelectronics: 'samsung',
  lexmarkinternational: 'lexmark',
  oki: 'okidata',
  okidataprinters: 'okidata',
  konicaminolta: 'minolta',
  tallygenicom: 'tally',
  fujixerox: 'xerox',
};

/**
 * A maker and model in one spelling, `hp;laserjet1020`: letters and digits in lower case, the maker once and not again in the model.
 * Words that lists add and devices do not ("series", "printer") do not count at the end.
 */
export function printerKey(maker: string, model: string): string {
  const makerKey = plain(maker);
  const canonical = sameMaker[makerKey] ?? makerKey;
  let rest = plain(model.replace(/\s+(series|printer|foomatic.*|\(.*)$/gi, ''));
  for (const prefix of [makerKey, canonical, ...Object.entries(sameMaker).flatMap(([from, to]) => (to === canonical ? [from] : []))]) {
    if (prefix !== '' && rest.startsWith(prefix) && rest.length > prefix.length) rest = rest.slice(prefix.length);
  }
  return `${canonical};${rest}`;
}

function plain(text: string): string {
  return text.slice(0, 200).normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}+]+/gu, '');
}
