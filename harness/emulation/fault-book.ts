import type { FaultRule } from './usb-device.ts';

/** A fault that strikes now. */
export interface Strike {
  readonly rule: FaultRule;
  /** Bytes of this transfer that still go through before it strikes. */
  readonly before: number;
}

interface Armed {
  readonly rule: FaultRule;
  transfers: number;
  bytes: number;
  left: number;
}

/** The faults that a device is to show, counted per rule from the moment it was armed. */
export class FaultBook {
  #armed: Armed[] = [];

  arm(rule: FaultRule): void {
    this.#armed.push({ rule, transfers: 0, bytes: 0, left: rule.times ?? 1 });
  }

  clear(): void {
    this.#armed = [];
  }

  /** True while nothing is armed, which is nearly always. */
  get empty(): boolean {
    return this.#armed.length === 0;
  }

  /**
   * Counts one transfer of `length` bytes on `endpoint` (address with direction bit, 0 for control) and tells the fault that
   * hits it. Called once a transfer, when it would be answered.
   */
  strike(endpoint: number, length: number, setup?: { readonly requestType: number; readonly request: number }): Strike | undefined {
    let strike: Strike | undefined;
    for (const armed of this.#armed) {
      const { rule } = armed;
      if (rule.endpoint !== endpoint || !matches(rule, setup)) continue;
      const due = !strike && armed.transfers >= (rule.afterTransfers ?? 0) && (rule.afterBytes === undefined || armed.bytes + length > rule.afterBytes);
      if (due) {
        strike = { rule, before: Math.max(0, (rule.afterBytes ?? 0) - armed.bytes) };
        armed.left -= 1;
      }
      armed.transfers += 1;
      armed.bytes += length;
    }
    if (strike) this.#armed = this.#armed.filter((armed) => armed.left > 0);
    return strike;
  }

  /** The stall or disconnect that hits a pending IN of `endpoint` although there is no data for it. */
  strikeIdle(endpoint: number): Strike | undefined {
    const due = this.#armed.find(
      ({ rule, transfers, bytes }) =>
        rule.endpoint === endpoint && (rule.kind === 'stall' || rule.kind === 'disconnect') && transfers >= (rule.afterTransfers ?? 0) && bytes >= (rule.afterBytes ?? 0),
    );
    if (!due) return undefined;
    due.left -= 1;
    this.#armed = this.#armed.filter((armed) => armed.left > 0);
    return { rule: due.rule, before: 0 };
  }
}

function matches(rule: FaultRule, setup: { readonly requestType: number; readonly request: number } | undefined): boolean {
  if (!rule.match) return true;
  return setup?.requestType === rule.match.requestType && setup.request === rule.match.request;
}
