import { expect } from 'chai';
import { parseStringPromise } from 'xml2js';
import type { DomainSpec } from './domain-spec.ts';
import { domainXml } from './domain-xml.ts';
import { parseDomainLabel } from './domains.ts';

const spec: DomainSpec = {
  name: 'hwlab-20261122-031500-k3xq-1',
  uuid: '6e8c8a8e-0f1a-4a51-9f50-3f7c1a0b2c3d',
  label: { runId: '20261122-031500-k3xq', pid: 4711, started: '123456', boot: '0d0e' },
  accelerator: 'tcg',
  cpus: 2,
  memory: 1024,
  incoming: false,
  disk: '/cache/running/abc/disk.qcow2',
  firmware: { kind: 'bios' },
  kernel: { file: '/i/vmlinuz', initrd: '/i/initrd', commandLine: 'root=/dev/vda rw console=ttyS0' },
  consoleSocket: '/run/m/abc/console',
  usbSockets: ['/run/m/abc/usb0', '/run/m/abc/usb1'],
  usbController: 'qemu-xhci',
  display: 'none',
  displays: 1,
  sound: false,
  acpiTables: [],
  firmwareFiles: [],
};

interface Parsed {
  readonly domain: { readonly $: Record<string, string>; readonly [name: string]: unknown };
}

const parse = async (changes: Partial<DomainSpec>): Promise<Parsed['domain']> => ((await parseStringPromise(domainXml({ ...spec, ...changes }))) as Parsed).domain;
const qemuArguments = async (changes: Partial<DomainSpec>): Promise<string[]> => {
  const domain = (await parse(changes)) as unknown as { 'qemu:commandline': [{ 'qemu:arg': { $: { value: string } }[] }] };
  return domain['qemu:commandline'][0]['qemu:arg'].map(({ $ }) => $.value);
};

describe('domain XML', () => {
  it('has a VNC socket only where it is told one, whatever its name', async () => {
    expect(await qemuArguments({})).to.not.include('-vnc');
    const given = await qemuArguments({ display: 'virtio-gpu', vncSocket: '/run/m/a,b/vnc' });
    expect(given[given.indexOf('-vnc') + 1]).to.equal('unix:/run/m/a,,b/vnc');
  });

  it('names, labels and sizes the domain', async () => {
    const domain = await parse({});
    expect(domain.$).to.include({ type: 'qemu' });
    expect(domain).to.deep.include({ name: [spec.name], uuid: [spec.uuid], vcpu: ['2'], memory: [{ $: { unit: 'MiB' }, _: '1024' }] });
    expect(await parseDomainLabel(domainXml(spec))).to.deep.equal(spec.label);
    expect((await parse({ accelerator: 'kvm' })).$).to.include({ type: 'kvm' });
    expect((await parse({ accelerator: 'kvm' }))['cpu']).to.deep.equal([{ $: { mode: 'host-passthrough' } }]);
  });

  it('keeps text that looks like markup as text', async () => {
    const label = { ...spec.label, runId: `"/><b>&amp;'` };
    const disk = '/a&b/<c>"d\'.qcow2';
    const domain = (await parse({ disk })) as unknown as { devices: [{ disk: [{ source: [{ $: { file: string } }] }] }] };
    expect(domain.devices[0].disk[0].source[0].$.file).to.equal(disk);
    expect(await parseDomainLabel(domainXml({ ...spec, label }))).to.deep.equal(label);
  });

  it('plugs the usb-redir ports and the console into sockets', async () => {
    const domain = (await parse({})) as unknown as { devices: [{ redirdev: unknown[]; serial: unknown[]; controller: unknown[] }] };
    const [devices] = domain.devices;
    expect(devices.redirdev).to.deep.equal(spec.usbSockets.map((path) => ({ $: { bus: 'usb', type: 'unix' }, source: [{ $: { mode: 'bind', path } }] })));
    expect(devices.serial).to.deep.equal([{ $: { type: 'unix' }, source: [{ $: { mode: 'connect', path: spec.consoleSocket } }] }]);
    expect(devices.controller).to.deep.equal([{ $: { type: 'usb', model: 'qemu-xhci', ports: '4' } }]);
  });

  it('gives an EHCI controller its companions, two ports each', async () => {
    const domain = (await parse({ usbController: 'ich9-ehci' })) as unknown as { devices: [{ controller: { $: Record<string, string>; master?: [{ $: { startport: string } }] }[] }] };
    const controllers = domain.devices[0].controller;
    expect(controllers.map(({ $, master }) => [$['index'], $['model'], master?.[0].$.startport])).to.deep.equal([
      ['0', 'ich9-ehci1', undefined],
      ['0', 'ich9-uhci1', '0'],
      ['0', 'ich9-uhci2', '2'],
      ['0', 'ich9-uhci3', '4'],
    ]);
  });

  it('has one graphics card, with as many screens as are asked for', async () => {
    const model = async (changes: Partial<DomainSpec>): Promise<unknown> => ((await parse(changes)) as unknown as { devices: [{ video: [{ model: [{ $: unknown }] }] }] }).devices[0].video[0].model[0].$;
    expect(await model({})).to.deep.equal({ type: 'none' });
    expect(await model({ display: 'virtio-gpu' })).to.deep.equal({ type: 'virtio' });
    expect(await model({ display: 'virtio-gpu', displays: 2 })).to.deep.equal({ type: 'virtio', heads: '2' });
  });

  it('has a sound card whose sound goes nowhere, and ACPI tables of its own, only where they are asked for', async () => {
    const devices = async (changes: Partial<DomainSpec>): Promise<unknown> => ((await parse(changes)) as unknown as { devices: [unknown] }).devices[0];
    expect(await devices({})).not.to.have.any.keys('sound', 'audio');
    expect(await devices({ sound: true })).to.deep.include({ sound: [{ $: { model: 'ich9' } }], audio: [{ $: { id: '1', type: 'none' } }] });
    expect(await qemuArguments({})).not.to.include('-acpitable');
    const given = await qemuArguments({ acpiTables: ['/h/a,b.aml', '/h/c.aml'] });
    expect(given.filter((_, index) => given[index - 1] === '-acpitable')).to.deep.equal(['file=/h/a,,b.aml', 'file=/h/c.aml']);
  });

  it('boots a kernel or the disk, by BIOS or by UEFI', async () => {
    const type = [{ $: { arch: 'x86_64', machine: 'q35' }, _: 'hvm' }];
    const kernel = { kernel: ['/i/vmlinuz'], initrd: ['/i/initrd'], cmdline: ['root=/dev/vda rw console=ttyS0'] };
    const firmware = { kind: 'uefi', loader: '/f/code', variablesTemplate: '/f/vars', variables: '/m/vars' } as const;
    const uefi = { loader: [{ $: { readonly: 'yes', type: 'pflash' }, _: '/f/code' }], nvram: [{ $: { template: '/f/vars' }, _: '/m/vars' }] };
    const { kernel: _, ...diskSpec } = spec;
    const disk = async (changes: Partial<DomainSpec>): Promise<unknown> => ((await parseStringPromise(domainXml({ ...diskSpec, ...changes }))) as { domain: { os: unknown } }).domain.os;
    const boot = [{ $: { dev: 'hd' } }];
    expect((await parse({}))['os']).to.deep.equal([{ type, ...kernel }]);
    expect((await parse({ firmware }))['os']).to.deep.equal([{ type, ...uefi, ...kernel }]);
    expect(await disk({})).to.deep.equal([{ type, boot }]);
    expect(await disk({ firmware })).to.deep.equal([{ type, ...uefi, boot }]);
  });

  it('hands in firmware files only where there are some', async () => {
    expect(await parse({})).to.not.have.property('sysinfo');
    const firmwareFiles = [{ name: 'opt/hwlab/authorized_keys', path: '/w/authorized_keys' }];
    expect((await parse({ firmwareFiles }))['sysinfo']).to.deep.equal([{ $: { type: 'fwcfg' }, entry: [{ $: { name: 'opt/hwlab/authorized_keys', file: '/w/authorized_keys' } }] }]);
  });

  it('gives QEMU the cut-off network, the memory file and the wait for a state', async () => {
    const plain = await qemuArguments({});
    expect(plain.join(' ')).to.not.contain('maxframes');
    expect((await qemuArguments({ usbController: 'ich9-ehci' })).join(' ')).to.contain('-global ich9-usb-uhci1.maxframes=1 -global ich9-usb-uhci2.maxframes=1 -global ich9-usb-uhci3.maxframes=1');
    expect(plain).to.include('user,id=hwlab-net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22');
    expect(plain.join(' ')).to.not.contain('memory-backend').and.not.contain('-incoming');
    const clone = await qemuArguments({ memoryFile: { path: '/w,1/memory', mode: 'private' }, incoming: true });
    expect(clone).to.include('memory-backend-file,id=hwlab-memory,size=1024M,mem-path=/w,,1/memory,share=off');
    expect(clone.slice(-2)).to.deep.equal(['-incoming', 'defer']);
    expect((await qemuArguments({ memoryFile: { path: '/w', mode: 'shared' } })).join(' ')).to.contain('mem-path=/w,share=on');
  });

  it('finds no label where there is none', async () => {
    for (const xml of ['<domain/>', '<domain><metadata/></domain>', '<domain><metadata><hwlab:run xmlns:hwlab="x" id="a" pid="-1"/></metadata></domain>']) expect(await parseDomainLabel(xml)).to.equal(undefined);
  });
});
