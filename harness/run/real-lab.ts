import type { Deadline } from '../base/deadline.ts';
import { hypervisorVersion } from '../drivers/libvirt/hypervisor-version.ts';
import { detectAccelerator } from '../drivers/kvm-probe.ts';
import { buildImage } from '../images/build-image.ts';
import { readImageRecord } from '../images/catalogue.ts';
import { openImage } from '../images/open-image.ts';
import type { StoredImage } from '../images/stored-image.ts';
import { reap } from '../lab/reap.ts';
import { loadMachineProfile } from '../machines/machine-profile.ts';
import { createVmMachine } from '../machines/vm-machine.ts';
import type { NightLab } from './night-lab.ts';

/** The packages whose versions a result names: kernel, drivers and the userland that drives the devices. */
const namedPackages = /^(linux-image-\d|cups|ipp-usb|sane|libsane|libinput|avrdude|avahi-daemon|udev|systemd$|libusb|brltty|modemmanager|ghostscript$)/;

/** The lab of this host: images of the store, virtual machines over libvirt. */
export async function realLab(deadline: Deadline): Promise<NightLab> {
  const { accelerator } = await detectAccelerator(deadline);
  const qemu = await hypervisorVersion(deadline);
  const images = new Map<string, StoredImage>();
  return {
    accelerator,
    qemu,
    reap: async () => {
      const { domains, folders } = await reap(deadline);
      return [...domains.map((name) => `machine ${name}`), ...folders.map((folder) => `folder ${folder}`)];
    },
    image: async (id, until, onProgress) => {
      const record = await readImageRecord(id);
      if (record.recipe !== undefined) await buildImage(id, { deadline: until, progress: onProgress, when: 'missing' });
      const image = await openImage(id, until);
      images.set(id, image);
      const packages = Object.entries(image.manifest.packages).filter(([name]) => namedPackages.test(name));
      return { sha256: image.sha256, packages: Object.fromEntries(packages) };
    },
    machine: async (imageId, profileId) => {
      const image = images.get(imageId) ?? (await openImage(imageId, deadline));
      return createVmMachine({ image, profile: await loadMachineProfile(profileId), accelerator });
    },
  };
}
