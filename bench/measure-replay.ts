import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../harness/base/places.ts';
import { newRunId } from '../harness/base/random-id.ts';
import type { Shell } from '../harness/capabilities/shell.ts';
import { loadDataFile } from '../harness/db/load-data-file.ts';
import { connectShell } from '../harness/drivers/ssh/connect-shell.ts';
import { recordUnit } from '../harness/emulation/cassette/record-unit.ts';
import { replayUnit } from '../harness/emulation/cassette/replay-unit.ts';
import { createUnit } from '../harness/emulation/create-unit.ts';
import { plug } from '../harness/emulation/plug.ts';
import type { EmulatedModel, EmulatedUnit, WireListener } from '../harness/emulation/usb-device.ts';
import { createVmMachine } from '../harness/machines/vm-machine.ts';
import { cassetteSchema, type Cassette, type CassetteEvent } from '../harness/wire/cassette/cassette.ts';
import type { BenchParts } from './bench-parts.ts';
import { median } from './median.ts';
import type { Figure } from './print-figures.ts';

const rounds = 5;
const mebibytes = 16;

/** A device that is recorded once and then played, and a command that moves `mebibytes` through it. */
const ways = [
  { what: 'bulk OUT to a replayed printer', model: 'printers/hp-laserjet-1320.json', node: '/dev/usb/lp0', move: `dd if=/dev/shm/document of=/dev/usb/lp0 bs=256k` },
] as const;

/** Bytes through a device that is played from its tape, against the emulated device that the tape was recorded from, in turn on one machine. MB/s. */
export async function measureReplay(parts: BenchParts): Promise<Figure[]> {
  const { image, profile, accelerator, deadline } = parts;
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-bench-'));
  try {
    await using running = await createVmMachine({ image, profile, accelerator }).start({ runId: newRunId(new Date()), slot: 0, boot: 'warm', deadline, folder });
    const { ssh, usbPorts } = running.access;
    const shell = await connectShell(ssh, deadline);
    await shell.run(`head -c ${mebibytes}M /dev/urandom > /dev/shm/document`, { deadline });
    const figures: Figure[] = [];
    for (const way of ways) figures.push(await measureWay(way, parts, shell, usbPorts[0] ?? ''));
    await shell.close();
    return figures;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureWay(way: (typeof ways)[number], parts: BenchParts, shell: Shell, port: string): Promise<Figure> {
  const model = await loadDataFile<EmulatedModel>(join(projectRoot, 'fixtures/devices', way.model), 'emulated-model');
  const plugged = async (unit: EmulatedUnit<unknown>, onWire?: WireListener): Promise<number> => {
    const device = await plug(unit, port, { deadline: parts.deadline, ...(onWire ? { onWire } : {}) });
    try {
      return await rate(shell, parts, way.node, way.move);
    } finally {
      await device.unplug();
    }
  };
  const events: CassetteEvent[] = [];
  const recorded = recordUnit(await createUnit(model), (event) => events.push(event));
  await plugged(recorded.unit, recorded.onWire);
  const cassette: Cassette = { head: { schema: cassetteSchema, origin: 'emulation', recordedAt: new Date().toISOString(), model: { ...model }, environment: {}, scrubbed: [] }, events };
  const rates = { replayed: [] as number[], emulated: [] as number[] };
  for (let round = 1; round <= rounds; round += 1) {
    rates.emulated.push(await plugged(await createUnit(model)));
    const { unit, report } = replayUnit(cassette, { mode: 'strict', shadow: await createUnit(model) });
    rates.replayed.push(await plugged(unit));
    const { verdict, divergences } = report();
    parts.say(`${way.what}, ${round} of ${rounds}: ${rates.replayed.at(-1)?.toFixed(1)} MB/s (tape: ${verdict}, ${divergences} divergences), emulated ${rates.emulated.at(-1)?.toFixed(1)} MB/s`);
    if (divergences > 0) throw new Error(`the tape of the same driver diverges: ${JSON.stringify(report().first)}`);
  }
  return { what: way.what, ours: median(rates.replayed), theirs: median(rates.emulated), unit: 'MB/s', against: 'the emulated original', goal: { atLeast: 0.8 } };
}

/** MB/s from the first byte to the close, timed by the guest's own clock, when the device's node is there. */
async function rate(shell: Shell, { deadline }: BenchParts, node: string, move: string): Promise<number> {
  const command = `i=0; until [ -e ${node} ]; do i=$((i+1)); [ $i -lt 300 ] || exit 1; sleep 0.1; done; a=$(cut -d" " -f1 /proc/uptime); ${move} 2>/dev/null || exit 2; b=$(cut -d" " -f1 /proc/uptime); echo $a $b`;
  const [from = NaN, to = NaN] = (await shell.run(command, { deadline })).stdout.trim().split(' ').map(Number);
  return (mebibytes * 2 ** 20) / 1e6 / (to - from);
}
