import { decodeIpp } from '../ipp/ipp-parser.ts';
import { ippOperationName, ippStatusName } from '../ipp/ipp-names.ts';
import type { IppAttribute, IppMessage, IppValue } from '../ipp/ipp-message.ts';
import { textOf } from '../ipp/ipp-lookup.ts';
import type { HttpMessage } from './http-reader.ts';

/** A request and its answer in words. */
export interface DescribedExchange {
  readonly protocol: 'ipp' | 'escl' | 'http';
  /** `Print-Job`, `ScanJobs`. */
  readonly asked: string;
  readonly answered: string;
  readonly ok: boolean;
  /** All that is in them, lines of text. */
  readonly request: string;
  readonly reply: string;
}

const longest = 12_000;
const mostValues = 24;

/** Says what a request over HTTP to a printer or scanner means: IPP operations with their attributes, eSCL with its XML, any other by its first line. */
export function describeExchange(request: HttpMessage, reply: HttpMessage): DescribedExchange {
  const path = request.line.split(' ')[1] ?? '';
  const status = reply.line.replace(/^HTTP\/1\.[01] /, '');
  const httpOk = /^[23]\d\d/.test(status);
  const asked = ippOf(request);
  const answered = ippOf(reply);
  const common = { request: textOfMessage(request, asked), reply: textOfMessage(reply, answered) };
  if (asked) {
    const name = ippOperationName(asked.code);
    const job = attributesOf(asked, 'job-name');
    return { protocol: 'ipp', asked: `${name}${job === undefined ? '' : ` "${job.slice(0, 60)}"`}${request.bodyLength > 4096 ? `, ${request.bodyLength} bytes` : ''}`, answered: answered ? `${httpOk ? '' : `${status}, `}${ippStatusName(answered.code)}` : status, ok: httpOk && answered !== undefined && answered.code < 0x0100, ...common };
  }
  const escl = /\/escl\/(.*)$/i.exec(path)?.[1];
  const method = request.line.split(' ')[0] ?? '';
  return { protocol: escl === undefined ? 'http' : 'escl', asked: `${method} ${escl ?? path}`.slice(0, 300), answered: `${status}${reply.bodyLength > 0 ? `, ${reply.bodyLength} bytes` : ''}`, ok: httpOk, ...common };
}

function ippOf(message: HttpMessage): IppMessage | undefined {
  if (!/^application\/ipp\b/i.test(message.headers.get('content-type') ?? '')) return undefined;
  try {
    return decodeIpp(message.body).message;
  } catch {
    return undefined;
  }
}

function attributesOf(message: IppMessage, name: string): string | undefined {
  return textOf(message.groups.flatMap(({ attributes }) => attributes), name);
}

function textOfMessage(message: HttpMessage, ipp: IppMessage | undefined): string {
  const type = message.headers.get('content-type') ?? '';
  const head = [message.line, ...[...message.headers].map(([name, value]) => `${name}: ${value}`)].join('\n');
  const body = ipp ? ipp.groups.flatMap(({ tag, attributes }) => [`-- ${tag}`, ...attributes.map((attribute) => attributeLine(attribute, 0))]).join('\n') : /xml|text|json/i.test(type) ? Buffer.from(message.body).toString('utf8') : message.bodyLength > 0 ? `(${message.bodyLength} bytes ${type})` : '';
  const text = `${head}\n\n${body}`.trimEnd();
  return text.length > longest ? `${text.slice(0, longest)}\n… (${text.length - longest} more characters)` : text;
}

function attributeLine({ name, values }: IppAttribute, depth: number): string {
  const shown = values.slice(0, mostValues).map((value) => valueText(value, depth));
  return `${name} = ${shown.join(', ')}${values.length > mostValues ? `, … ${values.length}` : ''}`;
}

function valueText(value: IppValue, depth: number): string {
  switch (value.tag) {
    case 'collection':
      return depth > 3 ? '{…}' : `{${value.members.map((member) => attributeLine(member, depth + 1)).join('; ')}}`;
    case 'rangeOfInteger':
      return `${value.lower}-${value.upper}`;
    case 'resolution':
      return `${value.x}x${value.y}${value.units}`;
    default:
      return 'value' in value ? String(value.value) : `(${value.tag})`;
  }
}
