import { expect } from 'chai';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { Deadline } from '../../harness/base/deadline.ts';
import { newRunId } from '../../harness/base/random-id.ts';
import { waitFor, type Look } from '../../harness/base/wait-for.ts';
import { detectAccelerator } from '../../harness/drivers/kvm-probe.ts';
import { connectShell } from '../../harness/drivers/ssh/connect-shell.ts';
import { createUnit } from '../../harness/emulation/create-unit.ts';
import { plug } from '../../harness/emulation/plug.ts';
import type { EmulatedModel } from '../../harness/emulation/usb-device.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { loadMachineProfile } from '../../harness/machines/machine-profile.ts';
import type { RunningMachine } from '../../harness/machines/machine.ts';
import { createVmMachine } from '../../harness/machines/vm-machine.ts';
import { describeInLongRun } from './long-run.ts';

const minutes = (count: number): Deadline => Deadline.after(count * 60_000);

/** A cold boot of each profile takes a minute or more without hardware virtualisation: they belong to the long run. */
describeInLongRun('machine profiles, with a real guest', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-profiles-'));
  });
  after(async () => rm(folder, { recursive: true }));

  const boot = async (profileId: string, how: 'cold' | 'warm'): Promise<RunningMachine> => {
    const { accelerator } = await detectAccelerator(minutes(1));
    const machine = createVmMachine({ image: await openImage('debian-12', minutes(2)), profile: await loadMachineProfile(profileId), accelerator });
    return machine.start({ runId: newRunId(new Date()), slot: 0, boot: how, deadline: minutes(9), folder: join(folder, profileId) });
  };
  const run = async (machine: RunningMachine, command: string): Promise<string> => {
    if (!machine.shell) throw new Error('no shell');
    return (await machine.shell.run(command, { deadline: minutes(3) })).stdout;
  };
  it('vm-ehci: a full-speed device falls to a UHCI companion, a high-speed device stays on EHCI, both at once', async () => {
    await using machine = await boot('vm-ehci', 'cold');
    const shell = await connectShell(machine.access.ssh, minutes(2));
    try {
      const places = await Promise.all(
        ['robotics/arduino-uno-r3', 'printers/brother-hl-2140'].map(async (name, index) => {
          const model = JSON.parse(await readFile(new URL(`../../fixtures/devices/${name}.json`, import.meta.url), 'utf8')) as EmulatedModel;
          const device = await plug(await createUnit(model), machine.access.usbPorts[index] ?? '', { deadline: minutes(3) });
          const id = [model.usb.vendorId, model.usb.productId].map((value) => Number(value).toString(16).padStart(4, '0')).join(':');
          const look = `for i in $(seq 600); do for d in /sys/bus/usb/devices/*; do [ "$(cat $d/idVendor 2>/dev/null):$(cat $d/idProduct 2>/dev/null)" = ${id} ] && [ -n "$(cat $d/bConfigurationValue)" ] && { echo $(cat $d/speed) $(basename $(readlink -f /sys/bus/usb/devices/usb$(cat $d/busnum)/../driver)); exit; }; done; sleep 0.1; done`;
          const { stdout } = await shell.run(look, { deadline: minutes(3) });
          return { model, device, place: stdout.trim() };
        }),
      );
      const expected = { full: '12 uhci_hcd', high: '480 ehci-pci', low: '1.5 uhci_hcd', super: '' };
      expect(new Set(places.map(({ model }) => model.usb.speed))).to.deep.equal(new Set(['full', 'high']));
      for (const { model, place } of places) expect(place, model.name).to.equal(expected[model.usb.speed]);
      for (const { device } of places) await device.unplug();
    } finally {
      await shell.close();
    }
  });

  for (const how of ['cold', 'warm'] as const) {
    it(`vm-uefi: the reference image boots by UEFI (${how})`, async () => {
      await using machine = await boot('vm-uefi', how);
      expect(await run(machine, 'ls -d /sys/firmware/efi')).to.equal('/sys/firmware/efi\n');
      expect(await run(machine, 'dmesg | grep -m1 "efi: EFI v"')).to.contain('EDK II');
    });

    it(`vm-two-displays: two monitors are connected, and what the guest draws is seen on each (${how})`, async () => {
      await using machine = await boot('vm-two-displays', how);
      expect(await run(machine, 'cat /sys/class/drm/card0-Virtual-1/status /sys/class/drm/card0-Virtual-2/status')).to.equal('connected\nconnected\n');
      // The firmware's text is on both as well; only the guest's driver can make the upper lines white.
      await run(machine, 'for i in $(seq 600); do [ -e /dev/fb0 ] && break; sleep 0.1; done; head -c 2000000 /dev/zero | tr "\\0" "\\377" > /dev/fb0');
      for (const screen of [0, 1]) {
        const look = async (): Promise<Look<true>> => {
          const picture = PNG.sync.read(await readFile((await machine.screenshot(join(folder, `screen-${how}-${screen}.png`), minutes(1), screen)) ?? ''));
          const middle = (100 * picture.width + picture.width / 2) * 4;
          const saw = `${picture.width} x ${picture.height}, ${picture.data.subarray(middle, middle + 3).toString('hex')}`;
          return saw === '1280 x 800, ffffff' ? { value: true } : { saw };
        };
        await waitFor(`what the guest drew on screen ${screen}`, look, { deadline: minutes(2), every: 500 });
      }
    });
  }
});
