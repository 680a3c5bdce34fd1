import { decodeIpp } from '../../wire/ipp/ipp-parser.ts';
import { ippOperationName } from '../../wire/ipp/ipp-names.ts';
import type { IppMessage, IppValue } from '../../wire/ipp/ipp-message.ts';

const mostShown = 12;

/** What two requests say differently, in words. */
export interface RequestDifference {
  readonly expected: string;
  readonly found: string;
}

/**
 * The operations of two requests of IPP over HTTP, without chunks, and the attributes and values that one has and the other has not.
 * Undefined where either is no whole IPP request.
 */
export function ippDifference(expected: Uint8Array, found: Uint8Array): RequestDifference | undefined {
  const [was, is] = [ippOf(expected), ippOf(found)];
  if (!was || !is) return undefined;
  return { expected: onlyIn(was, is), found: onlyIn(is, was) };
}

/** The operation of a request of IPP over HTTP. */
export function ippOperation(request: Uint8Array): string | undefined {
  const message = ippOf(request);
  return message && ippOperationName(message.code);
}

function ippOf(request: Uint8Array): IppMessage | undefined {
  const end = Buffer.from(request.subarray(0, 16 * 1024)).toString('latin1').indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  try {
    return decodeIpp(request.subarray(end + 4)).message;
  } catch {
    return undefined;
  }
}

function onlyIn(one: IppMessage, other: IppMessage): string {
  const theirs = valuesOf(other);
  const lines = [...valuesOf(one)].flatMap(([name, values]) => {
    const more = values.filter((value) => !(theirs.get(name)?.includes(value) ?? false));
    return more.length === 0 ? [] : [`${name}: ${more.slice(0, mostShown).join(', ')}${more.length > mostShown ? `, and ${more.length - mostShown} more` : ''}`];
  });
  return `${ippOperationName(one.code)}${lines.length === 0 ? ', nothing that the other has not' : ` with ${lines.join('; ')}`}`;
}

function valuesOf({ groups }: IppMessage): ReadonlyMap<string, readonly string[]> {
  return new Map(groups.flatMap(({ tag, attributes }) => attributes.map(({ name, values }) => [`${tag === 'operation' ? '' : `${tag} `}${name}`, values.map(valueWords)] as const)));
}

function valueWords(value: IppValue): string {
  return 'value' in value ? String(value.value).slice(0, 80) : JSON.stringify(value).slice(0, 200);
}
