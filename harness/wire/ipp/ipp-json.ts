import type { IppAttribute, IppOutOfBandTag, IppStringTag, IppValue } from './ipp-message.ts';
import { outOfBandNumbers } from './ipp-tags.ts';

/**
 * Attributes as a model file holds them: by name, then by the tag of their values, `{"copies-default": {"integer": [1]}}`.
 * An attribute of several tags has several keys; the values of one tag stay together. Out-of-band values are `{"no-value": true}`.
 */
export type IppJsonAttributes = { readonly [name: string]: IppJsonValues };

export type IppJsonValues = {
  readonly integer?: readonly number[];
  readonly enum?: readonly number[];
  readonly boolean?: readonly boolean[];
  readonly octetString?: readonly string[];
  readonly dateTime?: readonly string[];
  readonly rangeOfInteger?: readonly { readonly lower: number; readonly upper: number }[];
  readonly resolution?: readonly { readonly x: number; readonly y: number; readonly units: 'dpi' | 'dpcm' }[];
  readonly textWithLanguage?: readonly { readonly language: string; readonly value: string }[];
  readonly nameWithLanguage?: readonly { readonly language: string; readonly value: string }[];
  readonly collection?: readonly IppJsonAttributes[];
} & { readonly [Tag in IppStringTag]?: readonly string[] } & { readonly [Tag in IppOutOfBandTag]?: true };

/** The attributes of a model file, in its order. */
export function attributesFromJson(json: IppJsonAttributes): IppAttribute[] {
  return Object.entries(json).map(([name, values]) => ({ name, values: Object.entries(values).flatMap(([tag, entries]) => valuesFromJson(tag, entries)) }));
}

function valuesFromJson(tag: string, entries: unknown): IppValue[] {
  if (tag in outOfBandNumbers) return [{ tag } as IppValue];
  return (entries as readonly unknown[]).map((entry) => {
    if (tag === 'collection') return { tag, members: attributesFromJson(entry as IppJsonAttributes) };
    if (typeof entry === 'object') return { tag, ...entry } as IppValue;
    return { tag, value: entry } as IppValue;
  });
}

/** The other way round. Values of a tag that this codec does not know are left out. */
export function attributesToJson(attributes: readonly IppAttribute[]): IppJsonAttributes {
  const json: Record<string, Record<string, unknown>> = {};
  for (const attribute of attributes) {
    const byTag: Record<string, unknown> = {};
    for (const value of attribute.values) addJson(byTag, value);
    json[attribute.name] = byTag;
  }
  return json as IppJsonAttributes;
}

function addJson(byTag: Record<string, unknown>, value: IppValue): void {
  if (value.tag === 'other') return;
  if (value.tag in outOfBandNumbers) {
    byTag[value.tag] = true;
    return;
  }
  const { tag, ...rest } = value;
  const plain = value.tag === 'collection' ? attributesToJson(value.members) : Object.keys(rest).length === 1 && 'value' in rest ? rest.value : rest;
  const list = (byTag[tag] ??= []) as unknown[];
  list.push(plain);
}
