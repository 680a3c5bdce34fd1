import { expect } from 'chai';
import { parseDhcpLine } from './dhcp-event.ts';

describe('a line of dnsmasq', () => {
  const kindOf = (line: string) => parseDhcpLine(line, 1);

  it('tells who asked, and what was answered', () => {
    expect(kindOf('dnsmasq-dhcp: 2890757 DHCPDISCOVER(br0) 52:54:00:77:00:02 ')).to.deep.equal({ at: 1, kind: 'discover', mac: '52:54:00:77:00:02' });
    expect(kindOf('dnsmasq-dhcp: 1 DHCPOFFER(br0) 10.77.0.2 52:54:00:77:00:02 ')).to.deep.equal({ at: 1, kind: 'offer', mac: '52:54:00:77:00:02', address: '10.77.0.2' });
    expect(kindOf('dnsmasq-dhcp: 1 DHCPACK(br0) 10.77.0.2 52:54:00:77:00:02 sim-1')).to.include({ kind: 'ack', detail: 'sim-1' });
    expect(kindOf('dnsmasq-dhcp: 1 DHCPDISCOVER(br0) 52:54:00:77:00:09 ignored')).to.include({ kind: 'ignored', mac: '52:54:00:77:00:09' });
    expect(kindOf('dnsmasq-dhcp: 1 PXE(br0) 52:54:00:77:00:09 proxy-ignored')).to.include({ kind: 'ignored', mac: '52:54:00:77:00:09' });
    expect(kindOf('dnsmasq-dhcp: 1 PXE(br0) 52:54:00:77:00:02 proxy')).to.include({ kind: 'proxy', mac: '52:54:00:77:00:02' });
  });

  it('is believed in what dnsmasq says, and not in what a machine has it repeat', () => {
    expect(kindOf('dnsmasq-dhcp[77]: 1 DHCPACK(br0) 10.77.0.2 52:54:00:77:00:02 sim-1')).to.include({ kind: 'ack' });
    for (const line of ['dnsmasq-dhcp: 1 vendor class: DHCPACK(br0) 10.77.0.2 52:54:00:77:00:02 sim-1', 'dnsmasq-dhcp: 1 client provides name: x sent boot to 10.77.0.2', 'dnsmasq-dhcp: 1 user class: DHCPDISCOVER(br0) 52:54:00:77:00:02 ignored']) expect(kindOf(line), line).to.equal(undefined);
  });

  it('tells of files, and of nothing else', () => {
    expect(kindOf('dnsmasq-tftp: sent /srv/tftp/undionly.kpxe to 10.77.0.2')).to.include({ kind: 'tftp-sent', address: '10.77.0.2', detail: '/srv/tftp/undionly.kpxe' });
    expect(kindOf('dnsmasq-tftp: file /srv/tftp/none not found for 10.77.0.2')).to.include({ kind: 'tftp-failed' });
    for (const line of ['', 'dnsmasq: started, version 2.89 DNS disabled', 'dnsmasq-dhcp: 1 next server: 10.77.0.1', 'DHCPACK(br0) somebody']) expect(kindOf(line), line).to.equal(undefined);
  });
});
