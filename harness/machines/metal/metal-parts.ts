import type { BootDevice } from '../../capabilities/boot-device.ts';
import type { DisplayCapture } from '../../capabilities/display-capture.ts';
import type { MachineConsole } from '../../capabilities/machine-console.ts';
import type { Fence, Power } from '../../capabilities/power.ts';
import type { BootServer } from '../../drivers/netboot/boot-server.ts';
import type { Dnsmasq } from '../../drivers/netboot/dnsmasq.ts';
import type { BootableImage } from '../bootable-image.ts';
import type { BootPatience } from './boot-evidence.ts';

/** The netboot services of a station; one for all its machines. */
export interface NetbootService {
  readonly server: Pick<BootServer, 'arm'>;
  readonly dhcp: Pick<Dnsmasq, 'allow' | 'events'>;
}

/** A lab machine with everything bound that the lab file names. Its power may be fenced by a lease. */
export interface MetalMachineParts {
  /** As in the lab file; part of names and messages. */
  readonly id: string;
  readonly mac: string;
  /** Its product in hardware-db/devices. */
  readonly model?: string;
  /** The lab file says that it only pretends. What the machine says of itself counts too. */
  readonly simulator: boolean;
  /** Its fixed address on the provisioning network; where another server gives addresses, the one under which it asks for its system. */
  readonly address?: string;
  readonly firmware: 'bios' | 'uefi';
  readonly power: Power;
  /** Of the lease under which it is used; asked before its next boot is chosen. */
  readonly fence?: Fence;
  readonly bootDevice: BootDevice;
  /** Made anew for each start; none where the machine has no console. */
  readonly console?: () => Promise<MachineConsole>;
  /** What its screen shows, where a grabber is plugged into it. */
  readonly display?: DisplayCapture;
  readonly netboot: NetbootService;
  readonly image: BootableImage;
  /** The image whose kernel and drivers write the disk, where the image has none that can; its own when left out. */
  readonly installer?: BootableImage;
  /** `live`: the image's system in memory, nothing is written. `installed`: the image is written to this disk, all of it, before each start. */
  readonly boot: { readonly mode: 'live' } | { readonly mode: 'installed'; readonly disk: 'auto' | string };
  readonly serialConsole?: string;
  readonly patience: BootPatience;
}

/** For real machines. Under software emulation everything but the wire takes longer: see `times`. */
export const metalPatience: BootPatience = { firmware: 180_000, quiet: 60_000, stall: 15_000, shell: 30_000 };
