/** One request that was answered, or that ended otherwise. */
export interface BootRequest {
  /** Milliseconds of performance.now() when it came, and when it ended. */
  readonly at: number;
  readonly endedAt: number;
  /** What was asked for: `boot.ipxe`, `machine.ipxe`, `kernel`, `initrd`, `root.squashfs`, `seed.tar`, `extents.txt`, `disk`, `report`, or '' for anything else. */
  readonly name: string;
  /** Whose run it was; of `machine.ipxe` the machine that asked. */
  readonly mac?: string;
  readonly remote: string;
  readonly status: number;
  readonly bytes: number;
  readonly total: number;
  readonly complete: boolean;
  /** The parameters of `report`, and those of `machine.ipxe`: who the firmware says made the machine (`vendor`, `product`, `serial`, `uuid`). */
  readonly report?: Readonly<Record<string, string>>;
}

/** A request that is being answered. */
export interface BootTransfer {
  readonly at: number;
  readonly name: string;
  readonly mac?: string;
  readonly bytes: number;
  readonly total: number;
  /** When the last bytes were taken off our hands. */
  readonly progressAt: number;
}

/** A line for the log file. */
export function requestLine(request: BootRequest, now: Date): string {
  const { name, mac, remote, status, bytes, total, complete, at, endedAt } = request;
  return `${now.toISOString()} ${remote} ${mac ?? '-'} ${name || '?'} ${status} ${bytes}/${total} ${complete ? 'complete' : 'INCOMPLETE'} ${Math.round(endedAt - at)}ms\n`;
}
