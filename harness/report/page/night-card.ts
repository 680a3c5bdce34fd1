import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NightSummary } from '../night-events.ts';
import type { StateCounts } from '../night-counts.ts';
import { viewNight } from '../night-view.ts';
import { planName } from '../plan-name.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import { nightState, verdictSentence } from './section-header.ts';
import { english } from './text-en.ts';
import { russian } from './text-ru.ts';

/** What the list of nights says of one of them; kept beside its page, so that the list needs no results. */
export interface NightCard {
  readonly schema: 'hwlab/night-card/1';
  readonly id: string;
  readonly plan: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly state: string;
  readonly verdict: { readonly en: string; readonly ru: string };
  readonly cells: number;
  readonly tests: StateCounts;
}

const fileName = 'night-card.json';
/** More nights than this are not listed; they are still there. */
const most = 400;

export async function saveNightCard(summary: NightSummary): Promise<void> {
  const view = viewNight(summary);
  const { night } = summary;
  const card: NightCard = {
    schema: 'hwlab/night-card/1',
    id: night.id,
    plan: planName(night.plan),
    startedAt: night.startedAt,
    seconds: view.seconds,
    state: nightState(view),
    verdict: { en: verdictSentence(view, english), ru: verdictSentence(view, russian) },
    cells: view.counts.cellsRun,
    tests: view.counts.tests,
  };
  await writeWholeFile(join(night.folder, fileName), `${JSON.stringify(card, null, 2)}\n`);
}

/** Cards of the nights beside this one, newest first; a night without a readable card is left out. */
export async function loadNightCards(nightFolder: string): Promise<readonly NightCard[]> {
  const nights = dirname(nightFolder);
  const names = (await readdir(nights)).sort().reverse().slice(0, most);
  const cards = await Promise.all(names.map((name) => readCard(join(nights, name, fileName), name)));
  return cards.filter((card) => card !== undefined).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
}

async function readCard(path: string, id: string): Promise<NightCard | undefined> {
  try {
    const card = JSON.parse(await readFile(path, 'utf8')) as NightCard;
    return card.schema === 'hwlab/night-card/1' && card.id === id ? card : undefined;
  } catch {
    return undefined;
  }
}
