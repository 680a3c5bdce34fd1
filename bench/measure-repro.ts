import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../harness/base/places.ts';
import type { Result } from '../harness/db/generated/result.ts';
import { listImageIds } from '../harness/images/catalogue.ts';
import { loadCatalogue } from '../harness/run/catalogue.ts';
import { makeCell } from '../harness/run/plan.ts';
import type { BenchParts } from './bench-parts.ts';
import { median } from './median.ts';
import type { Figure } from './print-figures.ts';

const rounds = 3;

/** From `hwlab repro RESULT --hold start`, as it is typed, to the lines that say how to get in: machine restored, logged in, device configured. */
export async function measureRepro(parts: BenchParts): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-bench-'));
  try {
    const file = join(folder, 'result.json');
    await writeFile(file, JSON.stringify(await resultToRepeat(parts)));
    const times: number[] = [];
    // The first one makes the memory image where there is none.
    for (let round = 0; round <= rounds; round += 1) {
      const time = await untilHeld(file, folder);
      parts.say(`repro to a prompt: ${(time / 1000).toFixed(1)} s`);
      if (round > 0) times.push(time / 1000);
    }
    return [{ what: 'repro to a prompt', ours: median(times), theirs: 5, unit: 's', against: 'the limit', goal: { atMost: 1 } }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds; NaN when it never came so far. */
async function untilHeld(file: string, reports: string): Promise<number> {
  const started = performance.now();
  const child = spawn(join(projectRoot, 'hwlab'), ['repro', file, '--hold', 'start', '--reports', reports, '--yes', '--json'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = once(child, 'close');
  let said = '';
  let held = NaN;
  child.stderr.on('data', (data) => {
    said += String(data);
    if (!Number.isNaN(held) || !said.includes('let go')) return;
    held = performance.now() - started;
    child.kill('SIGINT');
  });
  await closed;
  return held;
}

/** A result as far as it takes to run it again: one short test of a printer. */
async function resultToRepeat({ image, profile, accelerator }: BenchParts): Promise<Result> {
  const cell = makeCell({ image: image.id, machine: profile.id, model: 'hp-laserjet-p1102', suite: 'printers' }, 1, await loadCatalogue(await listImageIds()));
  const at = new Date().toISOString();
  return {
    schema: 'hwlab/result/1',
    id: 'bench-result-001',
    night: 'bench-result',
    cell: cell.id,
    startedAt: at,
    finishedAt: at,
    outcome: 'PASS',
    evidence: 'E2',
    environment: { imageSha256: image.sha256, modelSha256: cell.modelSha256, suiteRevision: cell.suiteRevision, harness: 'bench', accelerator, plan: 'bench-0000000000000000' },
    manifest: { purpose: 'night', transport: 'usb-redir', patience: accelerator === 'kvm' ? 1 : 4, limitSeconds: 480, seed: 1, features: ['printing.direct'] },
    tests: [],
    timings: {},
    artefacts: [],
  };
}
