import { Option, type Command } from 'commander';
import { HwlabError } from '../base/hwlab-error.ts';
import { longestHold } from '../lab/hold-record.ts';
import type { PipelineParts } from '../run/pipeline-parts.ts';
import type { HoldWhen } from '../run/worker/protocol.ts';

export interface HoldFlags {
  readonly hold?: HoldWhen;
  readonly holdFor: string;
}

/** Gives a command `--hold` and `--hold-for`. */
export function withHoldOptions(command: Command): Command {
  return command
    .addOption(new Option('--hold <when>', 'keep machine and device for you: at the first failure, always, or at the start, before the first test').choices(['fail', 'always', 'start']))
    .option('--hold-for <minutes>', 'how long, unless it is extended (./hwlab hold extend)', '30');
}

/** @throws HwlabError usage `option-invalid` */
export function holdOf({ hold, holdFor }: HoldFlags): PipelineParts['hold'] {
  const minutes = Number(holdFor);
  if (!Number.isFinite(minutes) || minutes <= 0 || minutes * 60 > longestHold) {
    throw new HwlabError({ code: 'option-invalid', blame: 'usage', message: `--hold-for ${holdFor}: expected minutes, at most ${longestHold / 60}` });
  }
  return hold === undefined ? undefined : { when: hold, seconds: minutes * 60 };
}
