import { expect } from 'chai';
import { dnsmasqConfig, hostsText } from './dnsmasq-config.ts';

const options = { interface: 'lab0', address: '10.77.3.1', netmask: '255.255.252.0', mode: 'server' as const, bootUrl: 'http://10.77.3.1:8080', tftpFolder: '/t', hostsFile: '/h', leaseFile: '/l' };

describe('the configuration of dnsmasq', () => {
  it('answers known machines only, on one interface, and resolves no names', () => {
    for (const mode of ['server', 'proxy'] as const) {
      const lines = dnsmasqConfig({ ...options, mode }).split('\n');
      expect(lines).to.include.members(['port=0', 'interface=lab0', 'except-interface=lo', 'bind-interfaces', 'dhcp-ignore=tag:!known', 'dhcp-hostsfile=/h']);
    }
  });

  it('gives no addresses and announces no router where another server is', () => {
    const text = dnsmasqConfig({ ...options, mode: 'proxy' });
    expect(text).to.match(/^dhcp-range=10\.77\.0\.0,proxy,255\.255\.252\.0$/m).and.to.not.match(/enable-ra|,static,|option:router/);
  });

  it('gives firmware iPXE and iPXE the script', () => {
    const text = dnsmasqConfig(options);
    expect(text).to.match(/^dhcp-range=10\.77\.0\.0,static,255\.255\.252\.0,10m$/m);
    expect(text).to.include('dhcp-boot=tag:ipxe,http://10.77.3.1:8080/boot.ipxe\n').and.to.include('dhcp-boot=tag:!ipxe,tag:efi64,snponly.efi\n').and.to.include('dhcp-boot=tag:!ipxe,tag:!efi64,undionly.kpxe\n');
  });

  it('names each machine by its MAC address, with its address where it has one', () => {
    expect(hostsText([{ mac: '52:54:00:77:00:02', id: 'a', address: '10.77.0.2' }, { mac: '52:54:00:77:00:03', id: 'b' }])).to.equal('52:54:00:77:00:02,10.77.0.2,a\n52:54:00:77:00:03,b\n');
  });
});
