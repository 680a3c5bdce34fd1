import { mostHits, type LookupSource } from '../../db/lookup/lookup-source.ts';
import { jsonReply } from './reply.ts';

/** Answers after which they are made no faster: their code is compiled by then. */
const enough = 600;

/**
 * Asks a source for what people will ask, one answer at a time, so that the first of them do not wait for code to be compiled. Requests come in between.
 * @returns how many answers were made
 */
export async function warmUp(source: () => LookupSource, signal: AbortSignal): Promise<number> {
  const devices = source().search({ text: '', offset: 0, limit: mostHits }).hits.map(({ device }) => device);
  let made = 0;
  for (; made < enough && !signal.aborted; made += 1) {
    const round = Math.floor(made / 2);
    const device = devices[round % devices.length];
    if (device === undefined) break;
    // Another beginning of the name each time: what is kept would be no work.
    if (made % 2 === 0) jsonReply(source().answer(device.id));
    else jsonReply(source().search({ text: device.fullName.slice(0, 2 + (round % 20)), offset: Math.floor(round / devices.length), limit: 25 }));
    await new Promise(setImmediate);
  }
  return made;
}
