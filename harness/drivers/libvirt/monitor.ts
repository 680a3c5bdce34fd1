import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { virsh } from './virsh.ts';

/** One command of QEMU's machine protocol (QMP) through libvirt; gives what it returns. @throws HwlabError `qemu-refused` */
export async function qmp(domain: string, execute: string, args: Readonly<Record<string, unknown>>, deadline: Deadline): Promise<unknown> {
  const { stdout } = await virsh(['qemu-monitor-command', domain, JSON.stringify({ execute, arguments: args })], deadline);
  const reply = JSON.parse(stdout) as { readonly return?: unknown; readonly error?: { readonly desc?: string } };
  if (reply.error) throw new HwlabError({ code: 'qemu-refused', blame: 'lab', message: `QEMU of ${domain} refused ${execute}: ${reply.error.desc ?? 'no reason given'}` });
  return reply.return;
}

/** One command for people (HMP): its text. */
export async function hmp(domain: string, command: string, deadline: Deadline): Promise<string> {
  return (await virsh(['qemu-monitor-command', domain, '--hmp', command], deadline)).stdout;
}
