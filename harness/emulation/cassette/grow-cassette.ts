import type { Cassette, CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { PlayedSection } from './replay-unit.ts';

/**
 * A cassette with new episodes: a section in which the original had to answer is replaced by what was recorded while it was played, a plug or a test that was not
 * on it is put behind, and all others are as they were. Times go on from section to section.
 * @param recorded what crossed the cable while it was played
 * @param played of the same run; its sections are those of `recorded`, in the same order
 */
export function growCassette(cassette: Cassette, recorded: readonly CassetteEvent[], played: readonly PlayedSection[]): Cassette {
  const sections = split(cassette.events);
  const anew = split(recorded);
  for (const [index, { place, fresh }] of played.entries()) {
    const section = anew[index];
    if (!fresh || !section) continue;
    if (place === undefined) sections.push(section);
    else sections[place] = section;
  }
  const events: CassetteEvent[] = [];
  for (const section of sections) {
    const shift = (events.at(-1)?.t ?? 0) - (section[0]?.t ?? 0);
    for (const event of section) events.push({ ...event, t: Math.round((event.t + shift) * 1000) / 1000 });
  }
  return { head: cassette.head, events };
}

/** As toSections sees them: each from a plug or a mark to the next. */
function split(events: readonly CassetteEvent[]): CassetteEvent[][] {
  const sections: CassetteEvent[][] = [];
  for (const event of events) {
    if (event.kind === 'plug' || event.kind === 'mark') sections.push([event]);
    else sections.at(-1)?.push(event);
  }
  return sections;
}
