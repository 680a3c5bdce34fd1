import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand } from '../../base/run-command.ts';
import type { PowerState } from '../../capabilities/power.ts';

/** `on` when the host answers a ping. Silence is `unknown`: a machine that is off, hung or at its firmware's menu looks the same from here. */
export async function stateByPing(host: string, deadline: Deadline): Promise<PowerState> {
  if (!/^[\w:][\w.:-]*$/.test(host)) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${JSON.stringify(host)} is no host name`, advice: 'mend it in the lab file' });
  const { exitCode } = await runCommand('ping', ['-n', '-c', '1', '-W', '1', host], { deadline, accept: [0, 1, 2] });
  return exitCode === 0 ? 'on' : 'unknown';
}
