import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { SimulatedSwitch } from '../../capabilities/testing/simulated-switch.ts';

/**
 * The button of a simulated machine on a unix socket, one line in, one line out: `get power` answers `power:0` or `power:1`, `set power 1`,
 * `set shutdown 1`, `get boot`, `get fault`, `set boot pxe`. It is the protocol of ipmi_sim's chassis_control.
 */
export async function controlSocket(path: string, button: SimulatedSwitch): Promise<AsyncDisposable> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (piece: Buffer) => {
      text += piece.toString('latin1');
      const end = text.indexOf('\n');
      if (end >= 0) socket.end(`${answer(button, text.slice(0, end).trim().split(/\s+/))}\n`);
      else if (text.length > 1000) socket.destroy();
    });
  });
  await rm(path, { force: true });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  return { [Symbol.asyncDispose]: async () => new Promise<void>((resolve) => void server.close(() => resolve())) };
}

function answer(button: SimulatedSwitch, [verb, what, value]: string[]): string {
  if (verb === 'get' && what === 'power') return button.fault === 'garbage' ? 'hello' : `power:${button.power === 'on' ? 1 : 0}`;
  if (verb === 'get' && what === 'fault') return button.fault;
  if (verb === 'get' && what === 'boot') return `boot:${button.boot}`;
  if (verb === 'set' && what === 'power') button.press(value === '0' ? 'off' : 'on');
  else if (verb === 'set' && what === 'shutdown') button.press('shutdown');
  else if (verb === 'set' && what === 'boot' && button.fault !== 'disobeys') button.boot = value ?? 'none';
  return 'ok';
}
