import type { Result } from '../../db/generated/result.ts';
import type { SinceLastGood } from './judge.ts';

/** What changed between the last good result of a cell and the failing one, as far as results record it. */
export function sinceLastGood(was: Result, good: Result | undefined): SinceLastGood | undefined {
  if (!good) return undefined;
  const [then, now] = [good.environment, was.environment];
  const surroundings = ([['QEMU', then.qemu, now.qemu], ['accelerator', then.accelerator, now.accelerator], ['machine profile', good.manifest?.machineSha256?.slice(0, 12), was.manifest?.machineSha256?.slice(0, 12)], ['harness', then.harness, now.harness]] as const).flatMap(([what, before, is]) => (before !== undefined && is !== undefined && before !== is ? [`${what} ${before} -> ${is}`] : []));
  return { result: good.id, image: then.imageSha256 !== now.imageSha256, suite: then.suiteRevision !== now.suiteRevision, model: then.modelSha256 !== now.modelSha256, surroundings };
}
