import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { holdSocket } from '../../lab/hold-record.ts';
import type { HoldReply, HoldRequest } from './hold-protocol.ts';

/**
 * Asks the process that keeps a machine.
 * @throws HwlabError `hold-gone` (lab) when it does not answer, usage `hold-refused` with what it said when it will not
 */
export async function askHold(id: string, request: HoldRequest, deadline: Deadline): Promise<string> {
  const socket = connect({ path: holdSocket(id) });
  try {
    await once(socket, 'connect', { signal: deadline.signal });
    socket.write(`${JSON.stringify(request)}\n`);
    const lines = createInterface({ input: socket });
    const [line] = (await Promise.race([once(lines, 'line', { signal: deadline.signal }), once(lines, 'close').then(() => [undefined])])) as [string | undefined];
    if (line === undefined) throw new Error('it closed the connection');
    const reply = JSON.parse(line) as HoldReply;
    if (reply.ok) return reply.text;
    throw new HwlabError({ code: 'hold-refused', blame: 'usage', message: reply.message, ...(reply.advice === undefined ? {} : { advice: reply.advice }) });
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    throw new HwlabError({ code: 'hold-gone', blame: 'lab', message: `the machine kept as ${id} does not answer: ${messageOf(error)}`, advice: 'what is kept now: ./hwlab hold list', cause: error });
  } finally {
    socket.destroy();
  }
}
