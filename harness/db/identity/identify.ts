import { decide, type Decision } from './decide.ts';
import type { IdentityCatalogue } from './identity-catalogue.ts';
import { matchDevices, type Match } from './match-devices.ts';
import { nameData } from './name-data.ts';
import { parseAsked, type AskedForm } from './parse-asked.ts';

/** A match with the name to show. */
export interface NamedMatch extends Match {
  readonly vendor: string;
  readonly name: string;
}

/** The answer to "which device is that?"; JSON-safe. */
export interface Identification {
  readonly asked: string;
  readonly form: AskedForm;
  readonly orEquivalent: boolean;
  readonly decision: Decision['kind'];
  /** What the decision is about, most likely first; for `one` only that one. */
  readonly matches: readonly NamedMatch[];
  /** All others that were found. */
  readonly others: readonly NamedMatch[];
}

/** Which device a text means, by a catalogue. */
export function identifyIn(catalogue: IdentityCatalogue, asked: string): Identification {
  const found = matchDevices(asked, catalogue);
  const decision = decide(found);
  const meant = decision.kind === 'one' ? [decision.match] : decision.kind === 'none' ? [] : decision.matches;
  const { form, orEquivalent } = parseAsked(asked, nameData());
  const named = (match: Match): NamedMatch => {
    const [number] = catalogue.entries(`n:${match.device}`, 1);
    const entry = number === undefined ? undefined : catalogue.entry(number);
    return { ...match, vendor: entry?.vendor ?? '', name: entry?.name ?? match.device };
  };
  return { asked: asked.slice(0, 600), form, orEquivalent, decision: decision.kind, matches: meant.map(named), others: found.filter((match) => !meant.includes(match)).map(named) };
}
