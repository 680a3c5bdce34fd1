import { expect } from 'chai';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../harness/base/deadline.ts';
import { projectRoot } from '../../harness/base/places.ts';
import { newRunId } from '../../harness/base/random-id.ts';
import { waitFor } from '../../harness/base/wait-for.ts';
import { detectAccelerator } from '../../harness/drivers/kvm-probe.ts';
import { connectShell } from '../../harness/drivers/ssh/connect-shell.ts';
import type { SshShell } from '../../harness/drivers/ssh/ssh-shell.ts';
import { createUnit } from '../../harness/emulation/create-unit.ts';
import { fingersDown, fingersUp } from '../../harness/emulation/hid-touch/gestures.ts';
import type { HidTouchControls } from '../../harness/emulation/hid-touch/hid-touch.ts';
import { importModel } from '../../harness/emulation/import/import-model.ts';
import { plug } from '../../harness/emulation/plug.ts';
import type { EmulatedModel, EmulatedUnit } from '../../harness/emulation/usb-device.ts';
import { openImage } from '../../harness/images/open-image.ts';
import { loadMachineProfile } from '../../harness/machines/machine-profile.ts';
import type { RunningMachine } from '../../harness/machines/machine.ts';
import { createVmMachine } from '../../harness/machines/vm-machine.ts';
import { logicalAt } from '../../harness/wire/hid/axis.ts';
import { describeInLongRun } from './long-run.ts';

const minutes = (count: number): Deadline => Deadline.after(count * 60_000);
const place = { x: 0.25, y: 0.75 };
/** linux/input-event-codes.h */
const absolute = 3;
const [positionX, positionY, trackingId] = [0x35, 0x36, 0x39];

/** Forms in which people hand in a panel. The bytes are those of devices in fixtures/devices/panels, as a file of that form has them. */
type Form = 'hid-recording' | 'hid-descriptor-text' | 'hid-descriptor';
const cases: readonly { readonly panel: string; readonly form: Form }[] = [
  { panel: 'ilitek-222a-0015', form: 'hid-recording' },
  { panel: 'nexio-1870-0100', form: 'hid-descriptor-text' },
  { panel: 'elo-04e7-0080', form: 'hid-descriptor' },
  { panel: 'pqlabs-1ef1-0001', form: 'hid-recording' },
  { panel: 'flatfrog-25b5-0002', form: 'hid-descriptor-text' },
  { panel: 'smart-0b8c-0092', form: 'hid-recording' },
];

const usbId = (id: string): string => Number(id).toString(16).padStart(4, '0');

async function modelOf(panel: string): Promise<EmulatedModel> {
  return JSON.parse(await readFile(join(projectRoot, `fixtures/devices/panels/${panel}.json`), 'utf8')) as EmulatedModel;
}

async function captureOf(panel: string, form: Form): Promise<Buffer> {
  const { usb, behaviour } = await modelOf(panel);
  const descriptor = Buffer.from((Object.values(behaviour['reportDescriptors'] as Readonly<Record<string, readonly string[]>>)[0] ?? []).join('').replaceAll(' ', ''), 'hex');
  const hex = descriptor.toString('hex').replaceAll(/..(?!$)/g, '$& ');
  const number = (id: string): string => Number(id).toString(16);
  switch (form) {
    case 'hid-descriptor':
      return descriptor;
    case 'hid-descriptor-text':
      return Buffer.from(`${hex}\n`);
    case 'hid-recording':
      return Buffer.from(`D: 0\nR: ${descriptor.length} ${hex}\nN: A panel\nP: usb-1/input0\nI: 3 ${number(usb.vendorId)} ${number(usb.productId)}\n`);
  }
}

/** Waits for the multitouch nodes of a device, opens them all, says so, and gives the events of all up to the first finger that lifts. */
const listen = (id: string): string => `bash -c 'for i in $(seq 300); do nodes=; for e in /sys/class/input/event*; do
  [ "$(cat $e/device/id/vendor):$(cat $e/device/id/product)" = ${id} ] || continue; set -- $(cat $e/device/capabilities/abs)
  [ $# -gt 0 ] && (( 0x$1 >> 53 & 1 )) && [ -c /dev/input/\${e##*/} ] && nodes="$nodes /dev/input/\${e##*/}"; done; [ -n "$nodes" ] && break; sleep 0.1; done
udevadm settle; n=3; for node in $nodes; do eval "exec $n<$node"; n=$((n + 1)); done
echo "open$nodes"
sed -u "/ 57 65535 65535$/q" < <(exec 2>/dev/null; for fd in $(seq 3 $((n - 1))); do timeout 60 stdbuf -oL od -An -v -w24 -tu2 <&$fd | sed -u "s/  */ /g" & done; wait)'`;

/** What `model import` makes of captures is a device that a real kernel drives: the guest is told of a touch, and of its place. */
describeInLongRun('imported panels, in a real guest', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  let machine: RunningMachine;
  let shell: SshShell;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-imported-'));
    const { accelerator } = await detectAccelerator(minutes(1));
    const image = await openImage('debian-12', minutes(2));
    machine = await createVmMachine({ image, profile: await loadMachineProfile('vm-basic'), accelerator }).start({ runId: newRunId(new Date()), slot: 0, boot: 'warm', deadline: minutes(9), folder });
    shell = await connectShell(machine.access.ssh, minutes(2));
  });
  after(async () => {
    await shell?.close();
    await machine?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  for (const { panel, form } of cases) {
    it(`${panel}, imported from a ${form}`, async () => {
      const { model } = await importModel([{ file: `${panel}.${form}`, bytes: await captureOf(panel, form) }]);
      const unit = (await createUnit(model)) as EmulatedUnit<HidTouchControls>;
      const device = await plug(unit, machine.access.usbPorts[0] ?? '', { deadline: minutes(3) });
      try {
        const { controls } = unit;
        let said = '';
        const listening = shell.run(listen(`${usbId(model.usb.vendorId)}:${usbId(model.usb.productId)}`), { deadline: minutes(2), onStdout: (text) => (said += text) });
        await waitFor('the panel to be listened to', () => Promise.resolve(/^open \S/m.test(said) && controls.polled ? { value: true } : { saw: said || 'nothing said' }), { deadline: minutes(2), every: 100 });
        await controls.touch([fingersDown([place]), fingersUp([place])]);
        const events = (await listening).stdout.split('\n').map((line) => line.trim().split(' ').slice(8).map(Number));
        const value = (code: number): number | undefined => events.find((event) => event[0] === absolute && event[1] === code)?.[2];
        expect([value(positionX), value(positionY)], 'where the guest sees the finger').to.deep.equal([logicalAt(controls.panel.x, place.x), logicalAt(controls.panel.y, place.y)]);
        expect(value(trackingId), 'a finger came down').to.be.a('number');
      } finally {
        await device.unplug();
        // the next panel may have the same ids
        await shell.run(`for i in $(seq 300); do grep -qi 'Vendor=${usbId(model.usb.vendorId)} Product=${usbId(model.usb.productId)}' /proc/bus/input/devices || exit 0; sleep 0.1; done; exit 1`, { deadline: minutes(1) });
      }
    });
  }
});
