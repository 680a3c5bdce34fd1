/** Starts the rig's machine as a night does, until it is killed. Prints a line when it is about to ask for the lease. */
import { Deadline } from '../../../harness/base/deadline.ts';
import { openImage } from '../../../harness/images/open-image.ts';
import { loadLab } from '../../../harness/lab/inventory/read-lab.ts';
import { LabMachines } from '../../../harness/lab/lab-machines.ts';

const [labFile = '', folder = ''] = process.argv.slice(2);
const deadline = Deadline.after(10 * 60_000);
const machines = new LabMachines({ lab: await loadLab(labFile), times: 4 });
const machine = await machines.machine('sim-1', await openImage('debian-12', deadline), deadline);
await machine.prepare(deadline, () => undefined);
process.stdout.write('holding\n');
const running = await machine.start({ runId: 'killed-1', slot: 0, boot: 'warm', deadline, folder });
await running[Symbol.asyncDispose]();
await machines[Symbol.asyncDispose]();

process.exit(0);
