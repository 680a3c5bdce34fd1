import type { FieldKind, PacketName } from './layouts.ts';
import type { layouts } from './layouts.ts';

/** How a transfer ended; the order is the code on the wire. */
export const redirStatuses = ['ok', 'cancelled', 'invalid', 'io-error', 'stall', 'timeout', 'babble'] as const;
export type RedirStatus = (typeof redirStatuses)[number];

/** Speed codes of device_connect. */
export const redirSpeeds = { low: 0, full: 1, high: 2, super: 3 } as const;

/** Endpoint type codes of ep_info. */
export const redirEndpointTypes = { control: 0, isochronous: 1, bulk: 2, interrupt: 3, invalid: 255 } as const;

/** Place of an endpoint address in the arrays of ep_info: 0-15 OUT, 16-31 IN. */
export function endpointIndex(address: number): number {
  return ((address & 0x80) >> 3) | (address & 0x0f);
}

interface ValueOf extends Record<FieldKind, unknown> {
  'u8': number;
  'u16': number;
  'u32': number;
  'high16': number;
  'status': RedirStatus;
  'u8[32]': readonly number[];
  'u16[32]': readonly number[];
  'u32[32]': readonly number[];
  'text[64]': string;
}

type Layouts = typeof layouts;
type Always<F> = F extends readonly [infer N extends string, infer K extends FieldKind] ? [N, ValueOf[K]] : never;
type Optional<F> = F extends readonly [infer N extends string, infer K extends FieldKind, number] ? (K extends 'high16' ? never : [N, ValueOf[K]]) : never;
type Entries<P extends [string, unknown]> = { readonly [E in P as E[0]]: E[1] };
type DataOf<D> = D extends 'none' ? unknown : { readonly data: Uint8Array };

/** One packet by its name: the fields of its layout (those that depend on a capability may be missing), its data, and its id. */
export type PacketOf<N extends PacketName> = { readonly name: N; readonly id: bigint } & Entries<Always<Layouts[N]['fields'][number]>> &
  Partial<Entries<Optional<Layouts[N]['fields'][number]>>> &
  DataOf<Layouts[N]['data']>;

/** A packet of the usbredir protocol. */
export type RedirPacket = { [N in PacketName]: PacketOf<N> }[PacketName];
