import type { DeviceClass } from '../../db/generated/device.ts';
import { headlines } from '../../db/lookup/headline-rank.ts';
import { longestQuery, mostCounted, mostHits, type SearchQuery } from '../../db/lookup/lookup-source.ts';
import { RequestError } from '../server/reply.ts';

export const deviceClasses: readonly DeviceClass[] = ['printer', 'scanner', 'panel', 'robotics', 'storage', 'camera', 'computer'];

/**
 * Reads a search from the query of an address; empty values are as if left out.
 * @throws RequestError 400 `bad-query` that names the part and what it may be
 */
export function readSearchQuery(query: URLSearchParams, limit: number): SearchQuery {
  const text = (query.get('q') ?? '').slice(0, longestQuery);
  const deviceClass = oneOf(query, 'class', deviceClasses);
  const headline = oneOf(query, 'headline', headlines);
  const vendor = short(query, 'vendor');
  const image = short(query, 'image');
  return {
    text,
    offset: whole(query, 'offset', 0, mostCounted),
    limit: whole(query, 'limit', limit, mostHits),
    ...(deviceClass === undefined ? {} : { class: deviceClass }),
    ...(headline === undefined ? {} : { headline }),
    ...(vendor === undefined ? {} : { vendor }),
    ...(image === undefined ? {} : { image }),
  };
}

function oneOf<T extends string>(query: URLSearchParams, name: string, known: readonly T[]): T | undefined {
  const given = query.get(name) ?? '';
  if (given === '') return undefined;
  const found = known.find((each) => each === given);
  if (found === undefined) throw new RequestError(400, 'bad-query', `${name}: expected one of ${known.join(', ')}.`);
  return found;
}

function short(query: URLSearchParams, name: string): string | undefined {
  const given = query.get(name) ?? '';
  if (given.length > 120) throw new RequestError(400, 'bad-query', `${name}: at most 120 characters.`);
  return given === '' ? undefined : given;
}

function whole(query: URLSearchParams, name: string, otherwise: number, most: number): number {
  const given = query.get(name) ?? '';
  if (given === '') return otherwise;
  if (!/^\d{1,6}$/.test(given) || Number(given) > most) throw new RequestError(400, 'bad-query', `${name}: expected a whole number from 0 to ${most}.`);
  return Number(given);
}
