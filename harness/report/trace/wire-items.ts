import { describeDescriptor, describeRequest, describeRequestType, endpointName, type Setup } from '../../wire/usb/describe-request.ts';
import { parseEvent, type WireLine } from '../page/evidence.ts';
import { partsOf } from './story-items.ts';
import type { ItemPart, TraceItem } from './trace-item.ts';

/** Transfers in a row beyond which those that nothing names become one item. */
const fold = 4;

export interface WireItems {
  readonly items: readonly TraceItem[];
  /** Transfers that are in an item of many. */
  readonly folded: number;
  readonly unreadable: number;
}

/** What crossed the cable as items: requests by name, transfers with their meaning; data that nothing names and that goes on in one direction is one item. */
export function wireItems(text: string): WireItems {
  const events: WireLine[] = [];
  let unreadable = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const event = parseEvent(line);
    if (event) events.push(event);
    else unreadable += 1;
  }
  const items: TraceItem[] = [];
  let folded = 0;
  for (let at = 0; at < events.length; ) {
    let end = at;
    const first = events[at] as WireLine;
    while (end < events.length && isPlain(events[end] as WireLine) && sameWay(first, events[end] as WireLine)) end += 1;
    if (end - at >= fold) {
      items.push(manyItem(events.slice(at, end)));
      folded += end - at;
      at = end;
    } else {
      items.push(eventItem(first));
      at += 1;
    }
  }
  return { items, folded, unreadable };
}

function isPlain({ kind, meaning, status }: WireLine): boolean {
  return ['bulk', 'interrupt', 'isochronous'].includes(kind) && meaning === undefined && (status === undefined || status === 'ok');
}

function sameWay(one: WireLine, other: WireLine): boolean {
  return one.kind === other.kind && one.from === other.from && one.endpoint === other.endpoint;
}

function manyItem(events: readonly WireLine[]): TraceItem {
  const [first] = events as readonly [WireLine];
  const last = events.at(-1) ?? first;
  const bytes = events.reduce((sum, { length }) => sum + (length ?? 0), 0);
  const parts: ItemPart[] = [{ name: 'transfers', text: `${events.length}` }, { name: 'length', text: `${bytes}` }, ...(first.head === undefined ? [] : [{ name: 'bytes', text: dump(first.head) }])];
  return { lane: 'wire', t: first.t, took: last.t - first.t, text: `${arrow(first)} ${first.kind} ${first.endpoint === undefined ? '' : endpointName(first.endpoint)} × ${events.length}, ${bytes} B`, parts };
}

function eventItem(event: WireLine): TraceItem {
  const { from, kind, endpoint, length, status, head } = event;
  const setup = setupOf(event);
  const bad = kind === 'fault' || (status !== undefined && status !== 'ok');
  const meaning = event.meaning ?? (setup && (describeRequest(setup) ?? `request ${hex(setup.request, 2)} (${describeRequestType(setup.requestType)})`));
  const place = endpoint === undefined || (endpoint & 15) === 0 ? '' : ` ${endpointName(endpoint)}`;
  const words = [arrow(event), meaning !== undefined && (kind === 'control' || kind === 'configuration' || kind === 'alternate') ? meaning : `${kind}${place}${meaning === undefined ? '' : ` ${meaning}`}`, length !== undefined && length > 0 ? `${length} B` : '', bad && status !== undefined ? status.toUpperCase() : ''];
  const bytes = head === undefined ? undefined : Buffer.from(head.replace(/[^0-9a-f]/gi, ''), 'hex');
  const descriptor = setup && setup.request === 6 && (setup.requestType & 0x60) === 0 && bytes ? describeDescriptor(bytes) : [];
  const parts = partsOf({
    meaning,
    from,
    kind: `${kind}${place}`,
    status,
    setup: setup && [describeRequestType(setup.requestType), `bmRequestType ${hex(setup.requestType, 2)}  bRequest ${hex(setup.request, 2)}`, `wValue ${hex(setup.value, 4)}  wIndex ${hex(setup.index, 4)}  wLength ${setup.length}`].join('\n'),
    descriptor: descriptor.join('\n'),
    length: length === undefined ? undefined : `${length}`,
    bytes: head === undefined || head === '' ? undefined : `${dump(head)}${(length ?? 0) > head.length / 2 ? '\n…' : ''}`,
  });
  return { lane: 'wire', t: event.t, text: words.filter((word) => word !== '').join(' '), ...(bad ? { state: kind === 'fault' ? 'bad' : 'warn' } : {}), parts };
}

function arrow({ from }: WireLine): string {
  return from === 'host' ? '→' : '←';
}

function setupOf({ setup }: WireLine): Setup | undefined {
  if (!setup) return undefined;
  const names = ['requestType', 'request', 'value', 'index', 'length'] as const;
  return names.every((name) => typeof setup[name] === 'number') ? (setup as unknown as Setup) : undefined;
}

function hex(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** Lines of 16 bytes in hex with what of them is text. */
function dump(head: string): string {
  const bytes = Buffer.from(head.slice(0, 256), 'hex');
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const left = [...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${left.padEnd(47)}  ${row.toString('latin1').replace(/[^\x20-\x7e]/g, '.')}`);
  }
  return lines.join('\n');
}
