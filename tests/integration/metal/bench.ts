/**
 * The bench as a process of its own: a simulated machine behind a BMC (`ipmi_sim`). What is under test reaches it only by the network, so it can be
 * killed at any time and the bench goes on. Prints `ready` and takes one line at a time on standard input: a fault for the drills.
 */
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { SwitchFault } from '../../../harness/capabilities/testing/simulated-switch.ts';
import { controlSocket } from '../../../harness/drivers/testing/control-socket.ts';
import { IpmiSimulator } from '../../../harness/drivers/testing/ipmi-simulator.ts';
import { SimulatedMachine, type SimulatedMachineOptions } from './simulated-machine.ts';

export interface BenchOptions {
  readonly folder: string;
  readonly machine: SimulatedMachineOptions;
  readonly bmc: { readonly address: string; readonly port: number; readonly user: string; readonly password: string };
}

const options = JSON.parse(process.env['HWLAB_TEST_BENCH'] ?? '') as BenchOptions;
const machine = new SimulatedMachine(options.machine);
await machine.listen();
const control = join(options.folder, 'control');
await mkdir(join(options.folder, 'bmc'), { recursive: true });
{
  await using _machine = machine;
  await using _socket = await controlSocket(control, machine);
  await using _bmc = await IpmiSimulator.start({ folder: join(options.folder, 'bmc'), control, serialPort: options.machine.serialPort, ...options.bmc });
  process.stdout.on('error', () => undefined).write('ready\n');
  // The end of standard input, also by the death of who started it, ends the bench.
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb, value] = line.trim().split(' ');
    if (verb === 'freeze') machine.freeze();
    else if (verb === 'serial') machine.cutSerial(value === 'cut');
    else if (verb === 'fault') machine.fault = (value ?? 'none') as SwitchFault;
    else if (verb === 'unplug') machine.press('off');
    else if (verb === 'show') process.stdout.write(`power=${machine.power} boot=${machine.boot} commands=${machine.commands.length} said=${JSON.stringify(machine.said)}\n`);
    process.stdout.write('done\n');
  }
}
process.exit(0);
