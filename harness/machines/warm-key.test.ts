import { expect } from 'chai';
import type { BootableImage } from './bootable-image.ts';
import type { MachineProfile } from './machine.ts';
import { warmInputs, warmKey } from './warm-key.ts';

const image: BootableImage = {
  id: 'i',
  sha256: 'a'.repeat(64),
  disk: '/i/disk',
  kernel: '/i/vmlinuz',
  record: { format: 'qcow2', boot: 'direct-kernel', append: 'root=/dev/vda', seed: 'fw_cfg', login: { username: 'root' } },
  manifest: { files: { kernel: { sha256: 'b'.repeat(64) } } },
};
const profile: MachineProfile = { id: 'p', name: 'for people', kind: 'vm', cpus: 2, memory: 1024, firmware: 'direct-kernel', display: 'none', usb: { controller: 'qemu-xhci', ports: 4 } };
const key = async (changes: Partial<BootableImage> = {}, shape: Partial<MachineProfile> = {}, hypervisor = 'QEMU 7.2'): Promise<string> =>
  warmKey(await warmInputs({ ...image, ...changes }, { ...profile, ...shape }, 'tcg', hypervisor));

describe('warm key', () => {
  it('is the same for the same inputs, wherever the files are and whatever the profile is called', async () => {
    expect(await key()).to.match(/^[0-9a-f]{32}$/).and.equal(await key({ disk: '/elsewhere' }, { name: 'other words' }));
    const turned = Object.fromEntries(Object.entries(profile).reverse()) as unknown as MachineProfile;
    expect(await key({}, turned)).to.equal(await key());
  });

  it('is another when anything changes that the guest could see', async () => {
    const record = image.record;
    const keys = await Promise.all([
      key(),
      key({ sha256: 'c'.repeat(64) }),
      key({ manifest: { files: { kernel: { sha256: 'd'.repeat(64) } } } }),
      key({ record: { ...record, append: 'root=/dev/vdb' } }),
      key({ record: { ...record, seed: 'none' } }),
      key({ record: { ...record, login: { username: 'root', password: 'x' } } }),
      key({}, { cpus: 1 }),
      key({}, { memory: 2048 }),
      key({}, { display: 'vga' }),
      key({}, { usb: { controller: 'qemu-xhci', ports: 2 } }),
      key({}, { parts: ['sound'] }),
      key({}, { parts: ['battery'] }),
      key({}, { parts: ['camera'] }),
      key({}, {}, 'QEMU 8'),
    ]);
    expect(new Set(keys).size).to.equal(keys.length);
  });
});
