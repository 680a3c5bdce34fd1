/** What dnsmasq told of one machine. */
export interface DhcpEvent {
  /** performance.now() */
  readonly at: number;
  readonly kind: 'discover' | 'offer' | 'request' | 'ack' | 'nak' | 'proxy' | 'ignored' | 'tftp-sent' | 'tftp-failed';
  readonly mac?: string;
  readonly address?: string;
  readonly detail?: string;
}

const kinds = { DHCPDISCOVER: 'discover', DHCPOFFER: 'offer', DHCPREQUEST: 'request', DHCPACK: 'ack', DHCPNAK: 'nak', PXE: 'proxy' } as const;

/** Reads a line of dnsmasq's log (option log-dhcp); undefined for lines of no interest. */
export function parseDhcpLine(line: string, at: number): DhcpEvent | undefined {
  // From its begin: a machine's own words, such as its vendor class, stand in other lines.
  const dhcp = /^dnsmasq-dhcp(?:\[\d+\])?: (?:\d+ )?(DHCPDISCOVER|DHCPOFFER|DHCPREQUEST|DHCPACK|DHCPNAK|PXE)\([\w.-]+\)(?: (\d+\.\d+\.\d+\.\d+))?(?: (\d+\.\d+\.\d+\.\d+))? ([0-9a-f]{2}(?::[0-9a-f]{2}){5})\b ?(.*)$/.exec(line);
  if (dhcp) {
    const [, word, address, , mac = '', rest = ''] = dhcp;
    const kind = /^(proxy-)?ignored$/.test(rest.trim()) ? 'ignored' : kinds[word as keyof typeof kinds];
    return { at, kind, mac, ...(address === undefined ? {} : { address }), ...(rest.trim() === '' ? {} : { detail: rest.trim().slice(0, 200) }) };
  }
  const sent = /^dnsmasq-tftp(?:\[\d+\])?: sent (\S+) to (\d+\.\d+\.\d+\.\d+)/.exec(line);
  if (sent) return { at, kind: 'tftp-sent', address: sent[2] ?? '', detail: (sent[1] ?? '').slice(-200) };
  const failed = /^dnsmasq-tftp(?:\[\d+\])?: (?:failed sending|file) (\S+) (?:to|not found for) (\d+\.\d+\.\d+\.\d+)/.exec(line);
  if (failed) return { at, kind: 'tftp-failed', address: failed[2] ?? '', detail: (failed[1] ?? '').slice(-200) };
  return undefined;
}
