import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { waitFor } from '../../base/wait-for.ts';
import type { RemoteUnit, RemoteUnits, RemoteUnitSpec } from '../../capabilities/remote-unit.ts';
import type { Shell } from '../../capabilities/shell.ts';

/** Ports of the station's loopback, of which the first that is free is taken. */
const ports = { first: 42_100, last: 42_199 } as const;

/**
 * Units of another station by `usbredirect --device ID --as 127.0.0.1:PORT` there, reached through an SSH forwarding: nothing of it listens on a network.
 * usbredirect ends when its one client goes; disposing ends it too, by its process id.
 */
export class StationUnits implements RemoteUnits {
  readonly #shell: Pick<Shell, 'run' | 'forward'>;

  constructor(shell: Pick<Shell, 'run' | 'forward'>) {
    this.#shell = shell;
  }

  async offer(unit: RemoteUnitSpec, deadline: Deadline): Promise<RemoteUnit> {
    if (!/^[0-9a-f]{4}:[0-9a-f]{4}$/.test(unit.id)) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${JSON.stringify(unit.id)} is no USB id`, advice: 'write it like 04b8:1129' });
    const [vendor, product] = unit.id.split(':') as [string, string];
    const there = await this.#run(`n=0; for d in /sys/bus/usb/devices/*; do [ "$(cat $d/idVendor 2>/dev/null)" = ${vendor} ] && [ "$(cat $d/idProduct 2>/dev/null)" = ${product} ] && n=$((n+1)); done; echo $n`, deadline);
    // usbredirect 0.13 takes the first of an id: with two it would be chance.
    if (there !== '1') throw new HwlabError({ code: there === '0' ? 'unit-missing' : 'unit-ambiguous', blame: 'lab', message: `the station has ${there || 'an unknown number of'} devices ${unit.id}`, advice: there === '0' ? 'plug it in; run hwlab lab wiring' : 'leave one of them plugged in' });
    const started = await this.#run(
      `p=${ports.first}; while [ $p -lt ${ports.last} ] && grep -q "$(printf ':%04X' $p) 00000000:0000 0A" /proc/net/tcp; do p=$((p+1)); done; setsid usbredirect --device ${unit.id} --as 127.0.0.1:$p > /dev/null 2>&1 < /dev/null & echo "$! $p"`,
      deadline,
    );
    const [, pid, port] = /^(\d{1,10}) (\d{5})$/.exec(started) ?? [];
    if (pid === undefined) throw new HwlabError({ code: 'unit-lost', blame: 'lab', message: `usbredirect could not be started: ${started.slice(0, 100)}` });
    const hex = Number(port).toString(16).toUpperCase();
    // Another process, of another run, may listen there: its unit is not ours.
    const listens = `for i in $(awk '$2 ~ /:${hex}$/ && $4 == "0A" { print $10 }' /proc/net/tcp); do ls -l /proc/${pid}/fd 2>/dev/null | grep -q "socket:.$i.$" && { echo listens; exit; }; done`;
    // Only this pid is ended, and only while it is still usbredirect; the device is free when it is gone, which a zombie is. At SIGINT usbredirect gives the device
    // back to the station's own driver; killed it does not.
    const gone = `i=0; while [ $i -lt 30 ] && grep -qs '^State:[[:space:]]*[^Z[:space:]]' /proc/${pid}/status; do sleep 0.1; i=$((i+1)); done`;
    const end = `for signal in INT KILL; do [ "$(cat /proc/${pid}/comm 2>/dev/null)" = usbredirect ] && kill -$signal ${pid} && { ${gone}; }; done; true`;
    try {
      await waitFor(
        `usbredirect for ${unit.id}`,
        async () => {
          const said = await this.#run(`${listens}; kill -0 ${pid} 2>/dev/null && echo starts || echo ended`, deadline);
          if (said === 'ended') throw new HwlabError({ code: 'unit-busy', blame: 'lab', message: `usbredirect for ${unit.id} ended at once`, advice: 'check that it is installed at the station, that it may open the device, and that no other client has it' });
          return said === 'listens' ? { value: true } : { saw: said };
        },
        { deadline, blame: 'lab', every: 100 },
      );
      const forwarded = await this.#shell.forward(Number(port), deadline);
      return {
        port: forwarded.port,
        [Symbol.asyncDispose]: async () => {
          await forwarded[Symbol.asyncDispose]();
          await this.#run(end, Deadline.after(10_000)).catch(() => undefined);
        },
      };
    } catch (error) {
      await this.#run(end, Deadline.after(10_000)).catch(() => undefined);
      throw error;
    }
  }

  async #run(command: string, deadline: Deadline): Promise<string> {
    return (await this.#shell.run(command, { deadline, maxOutput: 4096 })).stdout.trim();
  }
}
