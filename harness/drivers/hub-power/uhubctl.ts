import { setTimeout as delay } from 'node:timers/promises';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { runCommand } from '../../base/run-command.ts';
import type { HubPort, HubPortFacts, HubPower } from '../../capabilities/hub-power.ts';
import type { Fence, PowerState } from '../../capabilities/power.ts';
import { portsOf } from './uhubctl-output.ts';

export interface UhubctlOptions {
  /** `uhubctl` by default. */
  readonly program?: string;
  /** Milliseconds after a command in which the port must follow; 5000 by default. */
  readonly settle?: number;
}

/**
 * USB ports switched by uhubctl, on hubs that switch each port by itself. Some devices draw on from the data lines, so `off` is asked for repeatedly, and
 * a hub that says off may still feed a port whose switch it never had: only the unit's own absence shows it (`connected`).
 */
export class UhubctlPower implements HubPower {
  readonly #program: string;
  readonly #settle: number;

  constructor(options: UhubctlOptions = {}) {
    this.#program = options.program ?? 'uhubctl';
    this.#settle = options.settle ?? 5000;
  }

  async list(deadline: Deadline): Promise<HubPortFacts[]> {
    return portsOf(await this.#run([], deadline));
  }

  async state(port: HubPort, deadline: Deadline): Promise<PowerState> {
    const ports = portsOf(await this.#run(['-l', location(port), '-p', String(port.port)], deadline));
    const found = ports.find((one) => one.hub === port.hub && one.port === port.port);
    if (found === undefined) throw new HwlabError({ code: 'hub-missing', blame: 'lab', message: `there is no switchable port ${port.port} on hub ${port.hub}`, advice: 'run hwlab lab wiring: the hub may be plugged in elsewhere' });
    return found.power;
  }

  async switch(port: HubPort, to: 'on' | 'off', deadline: Deadline, fence?: Fence): Promise<void> {
    const seen = await this.state(port, deadline);
    await fence?.check();
    if (seen === to) return;
    await this.#run(['-l', location(port), '-p', String(port.port), '-a', to, ...(to === 'off' ? ['-r', '10'] : [])], deadline);
    const settle = deadline.within(this.#settle);
    for (;;) {
      const last = settle.expired;
      const now = await this.state(port, deadline);
      if (now === to) return;
      if (last) throw new HwlabError({ code: 'power-does-not-obey', blame: 'lab', message: `port ${port.port} of hub ${port.hub} was switched ${to} and reads ${now}`, facts: { hub: port.hub, port: port.port, wanted: to, seen: now } });
      await delay(Math.min(100, settle.remaining), undefined, { signal: settle.signal }).catch(() => undefined);
    }
  }

  async #run(args: readonly string[], deadline: Deadline): Promise<string> {
    const { exitCode, stdout, stderr } = await runCommand(this.#program, args, { deadline, maxOutput: 2 ** 20, accept: Array.from({ length: 256 }, (_, code) => code) });
    if (exitCode === 0) return stdout;
    const said = `${stderr}\n${stdout}`.trim().slice(-400);
    if (/No compatible devices detected/.test(said) && !/permission/i.test(said)) {
      if (args.length === 0) return '';
      throw new HwlabError({ code: 'hub-missing', blame: 'lab', message: `there is no hub that switches its ports at ${args[1] ?? ''}`, advice: 'check the hub against the list of uhubctl, and where it is plugged in' });
    }
    throw new HwlabError({ code: 'hub-cannot-switch', blame: 'lab', message: `${this.#program} ended with ${exitCode}: ${said.split('\n')[0] ?? ''}`, ...(/permission/i.test(said) ? { advice: 'give this user the udev rule of uhubctl, or run as root' } : {}), facts: { exitCode, said } });
  }
}

function location(port: HubPort): string {
  if (/^\d+(-\d+(\.\d+)*)?$/.test(port.hub) && Number.isInteger(port.port) && port.port > 0) return port.hub;
  throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${JSON.stringify(port)} is no port of a hub`, advice: 'write hub like 1-1.4 and port from 1' });
}
