import type { IppAttribute, IppGroupTag, IppMessage, IppStringTag, IppValue } from './ipp-message.ts';

/** The attributes of all groups of one kind. */
export function groupAttributes(message: IppMessage, tag: IppGroupTag): readonly IppAttribute[] {
  return message.groups.filter((group) => group.tag === tag).flatMap((group) => group.attributes);
}

/** The first value of an attribute. */
export function firstValue(attributes: readonly IppAttribute[], name: string): IppValue | undefined {
  return attributes.find((attribute) => attribute.name === name)?.values[0];
}

/** The first value as text: any string, text or name value. */
export function textOf(attributes: readonly IppAttribute[], name: string): string | undefined {
  const value = firstValue(attributes, name);
  return value && 'value' in value && typeof value.value === 'string' ? value.value : undefined;
}

export function numberOf(attributes: readonly IppAttribute[], name: string): number | undefined {
  const value = firstValue(attributes, name);
  return value?.tag === 'integer' || value?.tag === 'enum' ? value.value : undefined;
}

export function booleanOf(attributes: readonly IppAttribute[], name: string): boolean | undefined {
  const value = firstValue(attributes, name);
  return value?.tag === 'boolean' ? value.value : undefined;
}

/** All values of an attribute that are text. */
export function textsOf(attributes: readonly IppAttribute[], name: string): readonly string[] {
  const values = attributes.find((attribute) => attribute.name === name)?.values ?? [];
  return values.flatMap((value) => ('value' in value && typeof value.value === 'string' ? [value.value] : []));
}

/** Makes an attribute whose values are strings of one kind. */
export function strings(name: string, tag: IppStringTag, ...values: readonly string[]): IppAttribute {
  return { name, values: values.map((value) => ({ tag, value })) };
}

export function integer(name: string, value: number): IppAttribute {
  return { name, values: [{ tag: 'integer', value }] };
}

export function enumeration(name: string, value: number): IppAttribute {
  return { name, values: [{ tag: 'enum', value }] };
}

export function boolean(name: string, value: boolean): IppAttribute {
  return { name, values: [{ tag: 'boolean', value }] };
}
