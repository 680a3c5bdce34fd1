import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inNamespace } from '../tests/integration/metal/in-namespace.ts';
import type { LiveRun } from '../tests/integration/metal/live-run.ts';

/** A cell on the simulated machine, in a network namespace of its own: from `hwlab run` over IPMI, network boot, SSH and a suite over USB/IP to power off. For orientation: most of it is the emulated firmware and system. */
export async function measureMetal(say: (line: string) => void): Promise<string[]> {
  say('measuring: a cell on the simulated machine');
  // Short: there are sockets below it.
  const folder = await mkdtemp('/tmp/hwlab-bm-');
  try {
    const { ran, bench, seconds } = await inNamespace<LiveRun>('live', { folder: join(folder, 'r') });
    if (ran.code !== 0 || !bench.startsWith('power=off ')) throw new Error(`the cell ended with ${ran.code} and ${bench}: ${ran.stderr.slice(-2000)}`);
    return [`metal: power on by IPMI, network boot and SSH in ${Math.round(seconds.shell)} s, the whole cell with a suite over USB/IP and power off in ${Math.round(seconds.whole)} s (simulated machine)`];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
