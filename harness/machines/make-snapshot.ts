import { createHash } from 'node:crypto';
import { cp, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import { newRunId } from '../base/random-id.ts';
import { runCommand } from '../base/run-command.ts';
import type { Machine, RunningMachine, StartOptions } from './machine.ts';
import { newWarmDraft, publishWarm, type WarmImage } from './warm-store.ts';

export interface SnapshotOrder {
  readonly key: string;
  /** The memory image that the machine is restored from. Its disk is what the snapshot's stands on. */
  readonly below: WarmImage;
  readonly profileId: string;
  readonly fill: (machine: Machine) => Promise<void>;
  /** Starts the machine with the memory and the disk of `draft`; when it is discarded it writes the state of its devices there first. */
  readonly start: (options: StartOptions, draft: string) => Promise<RunningMachine>;
  readonly deadline: Deadline;
}

/** Names a snapshot: the memory image it came from, as it was made then, and what was done since. */
export function snapshotKey({ manifest }: WarmImage, label: string): string {
  return createHash('sha256').update(JSON.stringify(['snapshot', manifest.key, manifest.builtAt, label])).digest('hex').slice(0, 32);
}

/**
 * Lets `fill` bring a machine somewhere and keeps it as a memory image of its own. The memory is a copy of the file below, so that others go on with that.
 * @throws HwlabError lab `snapshot-failed`
 */
export async function makeSnapshot({ key, below, profileId, fill, start, deadline }: SnapshotOrder): Promise<void> {
  const started = performance.now();
  const draft = await newWarmDraft(newRunId(new Date()));
  try {
    for (const name of await readdir(below.folder)) {
      if (!['memory', 'state', 'disk.qcow2', 'manifest.json', 'owner.json', 'console.log'].includes(name)) await cp(join(below.folder, name), join(draft, name), { preserveTimestamps: true });
    }
    await runCommand('cp', ['--sparse=always', '--reflink=auto', below.memory, join(draft, 'memory')], { deadline });
    await fill({ prepare: async () => undefined, start: async (options) => start(options, draft) });
    const [memory, state] = await Promise.all([stat(join(draft, 'memory')), stat(join(draft, 'state'))]);
    const { imageId, hostKey } = below.manifest;
    await publishWarm(draft, { schema: 'hwlab/warm/1', key, imageId, profileId, builtAt: new Date().toISOString(), hostKey, memoryBytes: memory.size, stateBytes: state.size, timings: { total: Math.round(performance.now() - started) } });
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    throw new HwlabError({ code: 'snapshot-failed', blame: 'lab', message: `the machine could not be kept as it was: ${messageOf(error)}`, cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
