import { hostname } from 'node:os';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { runCommand } from '../base/run-command.ts';
import { Scope } from '../base/scope.ts';
import type { RemoteUnit } from '../capabilities/remote-unit.ts';
import type { Shell } from '../capabilities/shell.ts';
import type { LabStation } from '../db/generated/lab.ts';
import { connectShell } from '../drivers/ssh/connect-shell.ts';
import { knownHostKey } from '../drivers/ssh/known-host-key.ts';
import { StationUnits } from '../drivers/usbredirect/station-units.ts';
import { placeOf, type Lab, type LabUnit } from './inventory/lab.ts';

/**
 * A unit of the lab file as a usbredir port of this host until it is disposed, whichever station it hangs on. Whoever asks holds its lease.
 * @throws HwlabError usage `unit-not-offered`, `host-key-unknown`; lab `unit-missing`, `unit-ambiguous`, `unit-busy`, `ssh-unreachable` and others of connectShell
 */
export async function offerUnit(lab: Lab, unit: LabUnit, deadline: Deadline, here: string = hostname()): Promise<RemoteUnit> {
  const { id, station } = placeOfOffer(lab, unit);
  const scope = new Scope();
  try {
    const shell = station.host === here ? hereShell : await loggedIn(station, deadline);
    scope.onEnd('login', async () => shell.close());
    const offered = await new StationUnits(shell).offer({ id }, deadline);
    scope.onEnd(`unit ${unit.id}`, async () => offered[Symbol.asyncDispose]());
    return { port: offered.port, [Symbol.asyncDispose]: async () => scope.end() };
  } catch (error) {
    await scope.end();
    throw error;
  }
}

/** The unit's USB id and the station that it hangs on. */
function placeOfOffer(lab: Lab, unit: LabUnit): { readonly id: string; readonly station: LabStation } {
  const none = (why: string, advice: string): HwlabError => new HwlabError({ code: 'unit-not-offered', blame: 'usage', message: `${unit.id} cannot be plugged into a guest: ${why}`, advice });
  if (unit.usb === undefined) throw none('the lab file does not say its USB id', 'write "usb: VENDOR:PRODUCT" as lsusb prints it, or run ./hwlab lab wiring');
  const hub = unit.port === undefined ? undefined : lab.hubs.find(({ id }) => id === placeOf(unit.port ?? '').part);
  const station = lab.stations.find(({ id }) => id === (unit.station ?? hub?.station));
  if (station === undefined) throw none(`it hangs on ${hub?.machine === undefined ? 'no station' : `the machine ${hub.machine}, where the image under test has it`}`, 'give it a path on a station, or a port of a hub that hangs on one');
  return { id: unit.usb, station };
}

async function loggedIn({ id, login }: LabStation, deadline: Deadline): Promise<Shell> {
  if (login === undefined) throw new HwlabError({ code: 'unit-not-offered', blame: 'usage', message: `nothing says how ${id} is logged in to`, advice: `give the station "login" in the lab file: host, user, keyFile, knownHosts; or run this command on ${id}` });
  const port = login.port ?? 22;
  const hostKey = await knownHostKey(login.knownHosts, login.host, port, deadline);
  return connectShell({ host: login.host, port, username: login.user, privateKeyFile: login.keyFile, hostKey }, deadline.within(30_000));
}

/** This station: nothing to log in to, nothing to forward. */
const hereShell: Pick<Shell, 'run' | 'forward' | 'close'> = {
  run: async (commandLine, { deadline, input, accept, maxOutput }) =>
    runCommand('/bin/sh', ['-c', commandLine], { deadline, ...(input === undefined ? {} : { input }), ...(accept === undefined ? {} : { accept }), ...(maxOutput === undefined ? {} : { maxOutput }) }),
  forward: async (port) => Promise.resolve({ port, [Symbol.asyncDispose]: async () => Promise.resolve() }),
  close: async () => Promise.resolve(),
};
