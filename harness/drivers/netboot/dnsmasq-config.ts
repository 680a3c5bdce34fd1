/** A machine that may be answered. */
export interface DhcpHost {
  /** aa:bb:cc:dd:ee:ff */
  readonly mac: string;
  readonly id: string;
  /** Its fixed address; left out beside another server, which gives the addresses. */
  readonly address?: string;
}

export interface DnsmasqOptions {
  /** Interface of the provisioning network. */
  readonly interface: string;
  /** Address of this host on it. */
  readonly address: string;
  readonly netmask: string;
  /** `proxy`: another server gives addresses, we only say what to boot. `server`: the network is ours alone. */
  readonly mode: 'server' | 'proxy';
  /** Such as http://10.77.0.1:8080 */
  readonly bootUrl: string;
  /** Folder with `undionly.kpxe` and `snponly.efi`. */
  readonly tftpFolder: string;
  readonly hostsFile: string;
  readonly leaseFile: string;
}

/**
 * Configuration of dnsmasq(8): no names, no answers but to the hosts in the hosts file. A machine's firmware gets iPXE by TFTP, iPXE gets our script.
 * On a network of our own a router
 * advertisement with lifetime 0 is sent where this host has an address fd77:6877:6c61:62::/64: without one each DHCP of iPXE waits about 14 s for IPv6.
 */
export function dnsmasqConfig(options: DnsmasqOptions): string {
  const network = networkOf(options.address, options.netmask);
  const script = `${options.bootUrl}/boot.ipxe`;
  const lines = [
    'port=0',
    `interface=${options.interface}`,
    'except-interface=lo',
    'bind-interfaces',
    'log-dhcp',
    'no-ping',
    'leasefile-ro',
    'enable-tftp',
    `tftp-root=${options.tftpFolder}`,
    `dhcp-hostsfile=${options.hostsFile}`,
    'dhcp-ignore=tag:!known',
    'dhcp-match=set:ipxe,175',
    'dhcp-userclass=set:ipxe,iPXE',
    'dhcp-match=set:efi64,option:client-arch,7',
    'dhcp-match=set:efi64,option:client-arch,9',
    ...(options.mode === 'server'
      ? [
          `dhcp-range=${network},static,${options.netmask},10m`,
          'dhcp-option=option:router',
          `dhcp-boot=tag:ipxe,${script}`,
          'dhcp-boot=tag:!ipxe,tag:efi64,snponly.efi',
          'dhcp-boot=tag:!ipxe,tag:!efi64,undionly.kpxe',
          'enable-ra',
          'dhcp-range=fd77:6877:6c61:62::,ra-only,64',
          `ra-param=${options.interface},10,0`,
        ]
      : [
          `dhcp-range=${network},proxy,${options.netmask}`,
          `pxe-service=tag:known,tag:ipxe,x86PC,"hwlab",${script}`,
          `pxe-service=tag:known,tag:ipxe,X86-64_EFI,"hwlab",${script}`,
          `pxe-service=tag:known,tag:ipxe,BC_EFI,"hwlab",${script}`,
          'pxe-service=tag:known,tag:!ipxe,x86PC,"hwlab",undionly.kpxe',
          'pxe-service=tag:known,tag:!ipxe,X86-64_EFI,"hwlab",snponly.efi',
          'pxe-service=tag:known,tag:!ipxe,BC_EFI,"hwlab",snponly.efi',
          `dhcp-boot=tag:known,tag:ipxe,${script}`,
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Lines of the hosts file: only who stands here is answered. */
export function hostsText(hosts: readonly DhcpHost[]): string {
  return hosts.map(({ mac, id, address }) => `${[mac, ...(address === undefined ? [] : [address]), id].join(',')}\n`).join('');
}

function networkOf(address: string, netmask: string): string {
  const mask = netmask.split('.').map(Number);
  return address.split('.').map((part, index) => Number(part) & (mask[index] ?? 0)).join('.');
}
