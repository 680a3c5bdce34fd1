import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedSwitch } from '../../../harness/capabilities/testing/simulated-switch.ts';
import { controlSocket } from '../../../harness/drivers/testing/control-socket.ts';

export interface Outlet extends AsyncDisposable {
  readonly button: SimulatedSwitch;
  readonly folder: string;
  /** `switch on|off|state`: exits with 1 when the button is dead, with 77 when it refuses. */
  readonly program: string;
}

/** An outlet with a command line tool, as many a vendor ships. */
export async function startOutlet(): Promise<Outlet> {
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-outlet-'));
  const button = new SimulatedSwitch();
  const control = await controlSocket(join(folder, 'control'), button);
  const program = join(folder, 'switch');
  const ask = (words: string): string => `printf '%s\\n' "${words}" | socat -t 5 - UNIX-CONNECT:${join(folder, 'control')}`;
  await writeFile(program, `#!/bin/sh\ncase $(${ask('get fault')}) in dead) exit 1 ;; refuses) exit 77 ;; esac\ncase $1 in\non) ${ask('set power 1')} ;;\noff) ${ask('set power 0')} ;;\nstate) case $(${ask('get power')}) in power:1) echo on ;; power:0) echo off ;; *) echo 'on, off' ;; esac ;;\nesac\n`);
  await chmod(program, 0o755);
  return {
    button,
    folder,
    program,
    [Symbol.asyncDispose]: async () => {
      await control[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}
