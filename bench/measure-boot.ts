import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deadline } from '../harness/base/deadline.ts';
import { HwlabError } from '../harness/base/hwlab-error.ts';
import { newRunId } from '../harness/base/random-id.ts';
import { createVmMachine } from '../harness/machines/vm-machine.ts';
import type { BenchParts } from './bench-parts.ts';
import { median } from './median.ts';
import { bootPlainQemu } from './plain-qemu.ts';
import type { Figure } from './print-figures.ts';

const rounds = 3;

/** Cold boot to the end of the first command, by QEMU alone and by us, in turn; and our warm boot. */
export async function measureBoot(parts: BenchParts): Promise<Figure[]> {
  const { image, profile, accelerator, deadline, say } = parts;
  const machine = createVmMachine({ image, profile, accelerator });
  await machine.prepare(deadline, say);
  const plain: number[] = [];
  const cold: number[] = [];
  const warm: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    plain.push(await bootPlainQemu(image, profile, accelerator, deadline));
    say(`cold boot by plain QEMU, ${round} of ${rounds}: ${seconds(plain.at(-1))} s`);
    cold.push(await timeStart(machine, 'cold', deadline));
    say(`our cold boot, ${round} of ${rounds}: ${seconds(cold.at(-1))} s`);
    warm.push(await timeStart(machine, 'warm', deadline));
    say(`our warm boot, ${round} of ${rounds}: ${seconds(warm.at(-1))} s`);
  }
  const ours = median(cold) / 1000;
  return [
    { what: 'cold boot to first command', ours, theirs: median(plain) / 1000, unit: 's', against: 'plain QEMU', goal: { atMost: 1.05 } },
    { what: 'cold boot over warm boot', ours, theirs: median(warm) / 1000, unit: 's', against: 'our warm boot', goal: { atLeast: 15 } },
  ];
}

async function timeStart(machine: ReturnType<typeof createVmMachine>, boot: 'cold' | 'warm', deadline: Deadline): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-bench-'));
  try {
    const started = performance.now();
    await using running = await machine.start({ runId: newRunId(new Date()), slot: 0, boot, deadline, folder });
    const shell = running.shell;
    // A warm start has run its first command already: it set the clock.
    if (boot === 'warm') return performance.now() - started;
    if (!shell) throw new HwlabError({ code: 'no-shell', blame: 'harness', message: 'a started machine has no shell' });
    await shell.run('true', { deadline });
    return performance.now() - started;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function seconds(milliseconds: number | undefined): string {
  return ((milliseconds ?? NaN) / 1000).toFixed(2);
}
