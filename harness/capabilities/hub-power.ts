import type { Deadline } from '../base/deadline.ts';
import type { Fence, PowerState } from './power.ts';

/** One downstream port of a USB hub that switches power per port, as Linux names it. */
export interface HubPort {
  /** Location of the hub, for example `1-1.4`. */
  readonly hub: string;
  /** From 1. */
  readonly port: number;
}

export interface HubPortFacts extends HubPort {
  readonly power: PowerState;
  /** Whether something answers on it. */
  readonly connected: boolean;
  /** What is plugged in, as `1a86:7523` and its text, where the hub tells. */
  readonly device?: { readonly id: string; readonly text: string };
}

/** Switching USB ports; all throw HwlabError, blame lab: `hub-missing`, `hub-cannot-switch`, `power-does-not-obey`. */
export interface HubPower {
  /** Every port of every hub that can switch. */
  list(deadline: Deadline): Promise<HubPortFacts[]>;
  state(port: HubPort, deadline: Deadline): Promise<PowerState>;
  /** Resolves when it was read back. */
  switch(port: HubPort, to: 'on' | 'off', deadline: Deadline, fence?: Fence): Promise<void>;
}
