import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { hypervisorVersion } from '../drivers/libvirt/hypervisor-version.ts';
import { detectAccelerator } from '../drivers/kvm-probe.ts';
import { buildImage } from '../images/build-image.ts';
import { readImageRecord } from '../images/catalogue.ts';
import { openImage } from '../images/open-image.ts';
import type { StoredImage } from '../images/stored-image.ts';
import { findLabFile, loadLab } from '../lab/inventory/read-lab.ts';
import { LabMachines } from '../lab/lab-machines.ts';
import { reap } from '../lab/reap.ts';
import { loadMachineProfile } from '../machines/machine-profile.ts';
import { createVmMachine } from '../machines/vm-machine.ts';
import type { NightLab } from './night-lab.ts';

/** The packages whose versions a result names: kernel, drivers and the userland that drives the devices. */
const namedPackages = /^(linux-image-\d|cups|ipp-usb|sane|libsane|libinput|avrdude|avahi-daemon|udev|systemd$|libusb|brltty|modemmanager|ghostscript$)/;

/** The lab of this host: images of the store, virtual machines over libvirt. */
export async function realLab(deadline: Deadline, { kernelParameters = [] }: { readonly kernelParameters?: readonly string[] } = {}): Promise<NightLab> {
  const { accelerator } = await detectAccelerator(deadline);
  const qemu = await hypervisorVersion(deadline);
  const images = new Map<string, StoredImage>();
  const labFile = findLabFile();
  // A simulated machine under software emulation is slow as a virtual one is.
  const metal = labFile === undefined ? undefined : new LabMachines({ lab: await loadLab(labFile), times: accelerator === 'kvm' ? 1 : 2 });
  return {
    accelerator,
    qemu,
    reap: async () => {
      const { domains, folders } = await reap(deadline);
      const switched = (await metal?.reap(deadline)) ?? [];
      return [...switched, ...domains.map((name) => `machine ${name}`), ...folders.map((folder) => `folder ${folder}`)];
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
      if (metal?.has(profileId)) return metal.machine(profileId, image, deadline);
      return createVmMachine({ image: withParameters(image, kernelParameters), profile: await loadMachineProfile(profileId), accelerator });
    },
    idle: async () => metal?.idle(),
  };
}

/**
 * The image, booted with more on the kernel's command line. The memory image is another one then, as its key covers the command line.
 * @throws HwlabError usage `image-has-no-kernel` where the image's own boot loader starts the kernel
 */
function withParameters(image: StoredImage, parameters: readonly string[]): StoredImage {
  if (parameters.length === 0) return image;
  if (image.record.boot !== 'direct-kernel') {
    throw new HwlabError({ code: 'image-has-no-kernel', blame: 'usage', message: `kernel parameters can only be given to an image whose kernel the lab starts; ${image.id} starts it by its boot loader` });
  }
  return { ...image, record: { ...image.record, append: [image.record.append ?? 'root=/dev/vda rw', ...parameters].join(' ') } };
}
