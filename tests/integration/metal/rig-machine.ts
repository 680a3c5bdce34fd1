import { join } from 'node:path';
import type { Deadline } from '../../../harness/base/deadline.ts';
import type { Scope } from '../../../harness/base/scope.ts';
import { openImage } from '../../../harness/images/open-image.ts';
import type { StoredImage } from '../../../harness/images/stored-image.ts';
import type { LabMachine } from '../../../harness/lab/inventory/lab.ts';
import { loadLab, machineOf } from '../../../harness/lab/inventory/read-lab.ts';
import { startNetboot } from '../../../harness/lab/netboot-of.ts';
import type { NetbootService } from '../../../harness/machines/metal/metal-parts.ts';
import type { Rig } from './rig.ts';

/** The rig's machine as its lab file has it, the boot services of its station, and the reference image, for a test that starts it in this process. */
export async function rigMachine(rig: Rig, scope: Scope, deadline: Deadline): Promise<{ readonly entry: LabMachine; readonly netboot: NetbootService; readonly reference: StoredImage }> {
  process.env['HWLAB_STATE'] = rig.environment['HWLAB_STATE'];
  const lab = await loadLab(rig.labFile);
  const station = lab.stations[0]?.netboot;
  if (!station) throw new Error('the rig has no netboot');
  const netboot = await startNetboot(station, join(rig.folder, 'netboot.log'), scope, deadline);
  return { entry: machineOf(lab, 'sim-1'), netboot, reference: await openImage('debian-12', deadline) };
}
