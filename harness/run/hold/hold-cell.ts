import { Deadline } from '../../base/deadline.ts';
import { randomId } from '../../base/random-id.ts';
import type { FaultRule } from '../../emulation/usb-device.ts';
import { longestHold } from '../../lab/hold-record.ts';
import type { AttachedUnit } from '../worker/attached-unit.ts';
import type { CellMessage, CellOrder, HoldOrder } from '../worker/protocol.ts';
import { runDevicePrompt } from './device-prompt.ts';
import { HoldServer } from './hold-server.ts';

/** How long a person's command to the device may take, milliseconds. */
const commandTakes = 60_000;

export interface HeldCell {
  readonly hold: HoldOrder;
  readonly order: Pick<CellOrder, 'access' | 'cell'>;
  readonly unit: AttachedUnit;
  /** Folder of the attempt. */
  readonly evidence: string;
  readonly signal: AbortSignal;
  readonly send: (message: CellMessage) => void;
  /** At which test, and what it said. */
  readonly test?: string;
  readonly said?: string;
}

/** Keeps a machine and its device as they are until somebody lets them go, or the time of the hold is over. */
export async function holdCell({ hold, order: { access, cell }, unit, evidence, signal, send, test, said }: HeldCell): Promise<void> {
  const now = Date.now();
  const id = randomId(4);
  const time = (): Deadline => Deadline.after(commandTakes, signal);
  const prompted = {
    name: unit.model.name,
    controls: unit.controls as unknown,
    get plugged() {
      return unit.isPlugged;
    },
    plug: async () => {
      unit.giveTime(time());
      await unit.plug();
    },
    unplug: async () => {
      unit.giveTime(time());
      await unit.unplug();
    },
    fault: (rule: FaultRule) => unit.fault(rule),
    clearFaults: () => unit.clearFaults(),
    wire: () => unit.wire(),
  };
  const server = await HoldServer.start({
    record: {
      id,
      runId: hold.runId,
      cell: cell.id,
      ...(test === undefined ? {} : { test }),
      ...(said === undefined ? {} : { said: said.split('\n')[0]?.slice(0, 300) ?? '' }),
      since: new Date(now).toISOString(),
      until: new Date(now + hold.seconds * 1000).toISOString(),
      ssh: access.ssh,
      console: access.consoleFile,
      // Ports of QEMU are what tells a virtual machine from a lab machine here.
      ...(access.usbPorts.length > 0 ? { domain: access.name } : {}),
      ...(access.vncSocket === undefined ? {} : { vnc: access.vncSocket }),
      evidence,
    },
    most: longestHold,
    device: async (line) => await runDevicePrompt(prompted, line),
    signal,
    now: Date.now,
  });
  send({ type: 'held', hold: id });
  send({ type: 'released', hold: id, why: await server.ended });
}
