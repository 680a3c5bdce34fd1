import type { CellId, Result } from '../db/generated/result.ts';

/** What decides of which evidence a result is. */
export interface EvidenceFacts {
  readonly attachment: CellId['attachment'];
  readonly machine: { readonly kind: 'vm' | 'metal'; readonly simulator?: boolean };
  /** The physical unit of the lab file; none for an emulated one. The computer itself is its own unit on metal. */
  readonly unit?: { readonly simulator?: boolean };
}

const reachesRealUnit: ReadonlySet<CellId['attachment']> = new Set(['redirected', 'passed-through', 'wired', 'network']);

/**
 * E4 only for a real unit on a real machine; a thing that only pretends, on either side, is never more than E2, whatever else is real. A real unit at a virtual
 * machine stays E2 here too: what a lab of metal proves is the whole way, controller included.
 */
export function evidenceOf({ attachment, machine, unit }: EvidenceFacts): Extract<Result['evidence'], 'E2' | 'E4'> {
  const realMachine = machine.kind === 'metal' && machine.simulator !== true;
  const realUnit = unit !== undefined && unit.simulator !== true && reachesRealUnit.has(attachment);
  return realMachine && realUnit ? 'E4' : 'E2';
}
