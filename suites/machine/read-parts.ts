/** One device on a bus, as sysfs shows it. */
export interface BusDevice {
  readonly bus: 'pci' | 'usb' | 'virtio';
  /** `0000:00:02.0`, `1-1:1.0`, `virtio0` */
  readonly name: string;
  readonly modalias: string;
  /** PCI class, `030000`; USB interface class, `0e0100`; empty on virtio. */
  readonly class: string;
  /** Empty when nothing drives it. */
  readonly driver: string;
  /** Modules of the image that claim its modalias; empty when there is none. */
  readonly candidates: readonly string[];
}

/** PCI classes, or beginnings of them, that need no driver of their own: bridges, base system peripherals, processors, memory; and functions that are off. */
const needNone = ['06', '08', '0b', 'ff', '0580', '0500'] as const;

/**
 * Prints one line a device: bus, name, class, driver, modalias, candidates, with tabs between. A guest without hardware virtualisation needs tens of
 * milliseconds to start a program: in the loop there is one for each driver, and modprobe only where nothing drives what should be driven (`needNone`).
 */
export const listCommand = `
for bus in pci usb virtio; do
  for d in /sys/bus/$bus/devices/*; do
    [ -e "$d/modalias" ] || continue
    read -r m <"$d/modalias" || continue
    case $bus in
      pci) read -r c <"$d/class"; c=\${c#0x} ;;
      usb) [ -e "$d/bInterfaceClass" ] || continue; read -r a <"$d/bInterfaceClass"; read -r b <"$d/bInterfaceSubClass"; read -r e <"$d/bInterfaceProtocol"; c=$a$b$e ;;
      *) c= ;;
    esac
    drv=; found=
    if [ -L "$d/driver" ]; then drv=$(readlink "$d/driver"); drv=\${drv##*/}
    else
      case $bus$c in
        ${needNone.map((prefix) => `pci${prefix}*`).join(' | ')}) ;;
        *) found=$(echo $(modprobe -R -- "$m" 2>/dev/null)) ;;
      esac
    fi
    printf '%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' $bus "\${d##*/}" "$c" "$drv" "$m" "$found"
  done
done
`;

/** Most devices that are looked at: a guest may print what it likes. */
const mostDevices = 5000;

/** Reads what `listCommand` printed. */
export function readDevices(output: string): readonly BusDevice[] {
  return output.split('\n').slice(0, mostDevices).flatMap((line) => {
    const [bus = '', name = '', code = '', driver = '', modalias = '', candidates = ''] = line.split('\t');
    if (bus !== 'pci' && bus !== 'usb' && bus !== 'virtio') return [];
    return [{ bus, name, class: code.toLowerCase(), driver, modalias, candidates: candidates.split(' ').filter((word) => word !== '') }];
  });
}

/** Devices that nothing drives and that should be driven. */
export function undriven(devices: readonly BusDevice[]): readonly BusDevice[] {
  return devices.filter(({ bus, driver, class: code }) => driver === '' && !(bus === 'pci' && needNone.some((prefix) => code.startsWith(prefix))));
}

/** `pci 0000:00:1f.3 (class 0c0500) is driven by nothing: modalias ..., no module of the image claims it` */
export function undrivenLine({ bus, name, class: code, modalias, candidates }: BusDevice): string {
  const why = candidates.length === 0 ? 'no module of the image claims it' : `${candidates.join(', ')} would, and is not bound`;
  return `${bus} ${name}${code === '' ? '' : ` (class ${code})`} is driven by nothing: ${modalias}, ${why}`;
}

/** PCI classes by the part of a computer that they are (PCI Code and ID Assignment Specification, 1). */
const classesOf = { graphics: /^03/, sound: /^040[13]/, ethernet: /^0200/, wifi: /^0280/ } as const;

/** Devices of the machine that are this part; virtio devices hide behind a PCI function of the same class. */
export function devicesOf(part: keyof typeof classesOf, devices: readonly BusDevice[]): readonly BusDevice[] {
  return devices.filter(({ bus, class: code }) => bus === 'pci' && classesOf[part].test(code));
}
