import { Builder } from 'xml2js';
import { labelNamespace, type DomainSpec } from './domain-spec.ts';

type Element = { readonly [name: string]: unknown };
const attributes = (values: Readonly<Record<string, string>>): Element => ({ $: values });

/**
 * The domain's XML for `virsh create`. The network card and the memory are given to QEMU directly, for what libvirt has no words for: a user
 * network that is cut off from the outside, a forwarded port that the system picks, and memory in a file of our choice.
 */
export function domainXml(spec: DomainSpec): string {
  const label = spec.label;
  const domain = {
    $: { type: spec.accelerator === 'kvm' ? 'kvm' : 'qemu', 'xmlns:qemu': 'http://libvirt.org/schemas/domain/qemu/1.0' },
    name: spec.name,
    uuid: spec.uuid,
    metadata: { 'hwlab:run': attributes({ 'xmlns:hwlab': labelNamespace, id: label.runId, pid: String(label.pid), started: label.started, boot: label.boot }) },
    memory: { $: { unit: 'MiB' }, _: String(spec.memory) },
    vcpu: String(spec.cpus),
    ...(spec.firmwareFiles.length > 0 ? { sysinfo: { $: { type: 'fwcfg' }, entry: spec.firmwareFiles.map(({ name, path }) => attributes({ name, file: path })) } } : {}),
    os: { type: { $: { arch: 'x86_64', machine: 'q35' }, _: 'hvm' }, ...firmwareElements(spec.firmware), ...kernelElements(spec.kernel) },
    features: { acpi: {}, apic: {} },
    cpu: attributes({ mode: spec.accelerator === 'kvm' ? 'host-passthrough' : 'maximum' }),
    clock: attributes({ offset: 'utc' }),
    on_poweroff: 'destroy',
    on_reboot: 'restart',
    on_crash: 'preserve',
    devices: {
      disk: {
        $: { type: 'file', device: 'disk' },
        driver: attributes({ name: 'qemu', type: 'qcow2', cache: 'unsafe', discard: 'unmap' }),
        source: attributes({ file: spec.disk }),
        target: attributes({ dev: 'vda', bus: 'virtio' }),
      },
      controller: usbControllers(spec),
      serial: { $: { type: 'unix' }, source: attributes({ mode: 'connect', path: spec.consoleSocket }) },
      rng: { $: { model: 'virtio' }, backend: { $: { model: 'random' }, _: '/dev/urandom' } },
      redirdev: spec.usbSockets.map((path) => ({ $: { bus: 'usb', type: 'unix' }, source: attributes({ mode: 'bind', path }) })),
      video: videoElement(spec),
      ...(spec.sound ? { sound: attributes({ model: 'ich9' }), audio: attributes({ id: '1', type: 'none' }) } : {}),
      memballoon: attributes({ model: 'none' }),
      panic: attributes({ model: 'isa' }),
    },
    'qemu:commandline': { 'qemu:arg': qemuArguments(spec).map((value) => attributes({ value })) },
  };
  return new Builder({ rootName: 'domain', headless: true }).buildObject(domain);
}

function firmwareElements(firmware: DomainSpec['firmware']): Element {
  if (firmware.kind === 'bios') return {};
  return { loader: { $: { readonly: 'yes', type: 'pflash' }, _: firmware.loader }, nvram: { $: { template: firmware.variablesTemplate }, _: firmware.variables } };
}

/** Both firmwares take a kernel that QEMU holds ready before they look at the disk. */
function kernelElements(kernel: DomainSpec['kernel']): Element {
  if (!kernel) return { boot: attributes({ dev: 'hd' }) };
  return { kernel: kernel.file, ...(kernel.initrd === undefined ? {} : { initrd: kernel.initrd }), cmdline: kernel.commandLine };
}

/** Each has two of the six ports. */
const companions = ['ich9-uhci1', 'ich9-uhci2', 'ich9-uhci3'] as const;

/**
 * xHCI takes devices of all speeds. An EHCI port takes high-speed devices itself and hands the others over to the UHCI companion that shares
 * the port (EHCI 1.0, 4.2); QEMU does the same on one bus, so a usb-redir port anywhere on it takes all speeds up to high.
 */
function usbControllers(spec: Pick<DomainSpec, 'usbController' | 'usbSockets'>): Element[] {
  if (spec.usbController === 'qemu-xhci') return [attributes({ type: 'usb', model: 'qemu-xhci', ports: String(Math.max(4, Math.min(15, spec.usbSockets.length))) })];
  const beside = companions.map((model, index) => ({ ...attributes({ type: 'usb', index: '0', model }), master: attributes({ startport: String(2 * index) }) }));
  return [attributes({ type: 'usb', index: '0', model: 'ich9-ehci1' }), ...beside];
}

function videoElement({ display, displays }: Pick<DomainSpec, 'display' | 'displays'>): Element {
  const type = { none: 'none', 'virtio-gpu': 'virtio', vga: 'vga' }[display];
  return { model: attributes({ type, ...(displays > 1 ? { heads: String(displays) } : {}) }) };
}

/** A comma ends a value in QEMU's option syntax; doubled it stands for itself. */
function optionValue(path: string): string {
  return path.replaceAll(',', ',,');
}

/**
 * QEMU's UHCI controller makes up for the frames of a stall in one go, without the guest in between; an endpoint whose transfer the guest has not
 * renewed for 32 of them counts as given up, and usb-redir throws away what the device has sent (hw/usb/hcd-uhci.c, QH_VALID and maxframes). On a
 * busy host a panel lost 22 to 46 of 999 reports so. One frame at a time, as a real controller does, frames that were missed are missed.
 */
function patientCompanions({ usbController }: DomainSpec): string[] {
  if (usbController === 'qemu-xhci') return [];
  return companions.flatMap((model) => ['-global', `${model.replace('ich9-', 'ich9-usb-')}.maxframes=1`]);
}

function qemuArguments(spec: DomainSpec): string[] {
  const memory = spec.memoryFile;
  return [
    ...(memory ? ['-object', `memory-backend-file,id=hwlab-memory,size=${spec.memory}M,mem-path=${optionValue(memory.path)},share=${memory.mode === 'shared' ? 'on' : 'off'}`, '-machine', 'memory-backend=hwlab-memory'] : []),
    '-netdev',
    'user,id=hwlab-net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22',
    // Slot 0x10 of the root bus is far from those that libvirt deals out; no boot ROM: nothing boots from this network.
    '-device',
    'virtio-net-pci,netdev=hwlab-net,bus=pcie.0,addr=0x10,romfile=',
    ...patientCompanions(spec),
    ...spec.acpiTables.flatMap((path) => ['-acpitable', `file=${optionValue(path)}`]),
    ...(spec.incoming ? ['-incoming', 'defer'] : []),
    // Not libvirt's <graphics>, which brings input devices: a memory image must find the devices that it was saved with.
    ...(spec.vncSocket === undefined ? [] : ['-vnc', `unix:${optionValue(spec.vncSocket)}`]),
  ];
}
