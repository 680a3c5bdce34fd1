import type { CellContext } from '../../harness/index.ts';
import { isActive } from './services.ts';

/** Seconds after a plug in which a modem service must stay silent. */
const modemLooksFor = 30;

/** What a cell needs to have a serial device looked at. */
type SerialCell = CellContext<{ reset(): void }>;

/**
 * Plugs the device in anew and waits until the image's modem service has examined it, or for 30 s, since a service that leaves it alone says nothing.
 * Skips without such a service. What the service and udev say becomes evidence.
 * @param portOf waits for the port and says its node
 */
export async function letModemServiceLook<Cell extends SerialCell>(cell: Cell, portOf: (cell: Cell) => Promise<string>): Promise<void> {
  if (!(await isActive(cell, 'ModemManager.service'))) cell.skip('a modem service on the image');
  await cell.unit.unplug();
  cell.unit.controls.reset();
  const { stdout: before } = await cell.guest.run('date +%s');
  await cell.unit.plug();
  const port = await portOf(cell);
  const sysfs = await cell.unit.sysfs();
  const { stdout } = await cell.guest.run(`physical=$(readlink -f ${sysfs}); i=0
while [ $i -lt ${modemLooksFor} ]; do journalctl -q -o cat -u ModemManager --since "@${before.trim()}" | grep -F "$physical" && break; sleep 1; i=$((i+1)); done; true`);
  await cell.attach('what the modem service says', stdout, 'text/plain');
  const properties = await cell.guest.run(`udevadm info -q property -n ${port} | grep -E '^ID_MM' ; true`);
  await cell.attach('udev properties for the modem service', properties.stdout, 'text/plain');
}
