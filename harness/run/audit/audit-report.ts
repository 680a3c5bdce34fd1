import type { Failure, Outcome, Result } from '../../db/generated/result.ts';
import type { NegativeControl } from '../../db/generated/negative-controls.ts';
import type { KnownSuite } from '../catalogue.ts';
import { survivors } from '../negative-control.ts';
import type { Unbroken } from './unbroken.ts';

/** What a run of a control showed. Kept between audits, so it is JSON. */
export interface ControlRun {
  /** ISO 8601 */
  readonly at: string;
  readonly seconds: number;
  /** Of the cell as a whole; MISS says nothing about the suite. */
  readonly outcome: Outcome;
  readonly reason?: Pick<Failure, 'code' | 'blame' | 'message'>;
  /** The features that must fail and did not; features that failed are not in it. */
  readonly alive: Readonly<Record<string, Survivor>>;
}

/** What the tests of a feature that did not fail came to. */
export interface Survivor {
  /** One a test; none when no test ran. */
  readonly outcomes: readonly Outcome[];
  /** The same in words. */
  readonly saw: string;
}

/** A control of a suite, and what its run showed; no run yet when undefined. */
export interface AuditedControl {
  readonly control: NegativeControl;
  readonly image: string;
  readonly machine: string;
  readonly run: ControlRun | undefined;
  /** The run is of an earlier audit, and nothing that it depends on has changed since. */
  readonly kept: boolean;
  /** What its features came to without the break, by feature; those that no result is of are not in it. */
  readonly unbroken?: Readonly<Record<string, Unbroken>>;
}

export interface AuditedSuite {
  readonly suite: KnownSuite;
  readonly controls: readonly AuditedControl[];
}

/** `failed`: as it must. `alive`: it did not fail. `lab`: the run says nothing, by the lab's fault. `not-run`: nobody tried. */
export type ControlState = 'failed' | 'alive' | 'lab' | 'not-run';

/**
 * `can-fail`: each control that targets it made it fail. `alive`: one did not. `untargeted`: no control is for it. `unknown`: not all could be judged.
 * `fails-anyway`: it failed for each control, and without a break as well, so that nothing is shown.
 */
export type FeatureState = 'can-fail' | 'alive' | 'untargeted' | 'unknown' | 'fails-anyway';

export interface FeatureAudit {
  readonly feature: string;
  readonly requirement: string;
  readonly state: FeatureState;
  readonly controls: readonly { readonly id: string; readonly state: ControlState; readonly saw?: string; readonly unbroken?: Unbroken }[];
}

export interface SuiteAudit {
  readonly suite: string;
  readonly features: readonly FeatureAudit[];
}

/** What a result of a control's cell shows. */
export function controlRunOf(control: NegativeControl, result: Result): ControlRun {
  const alive = survivors(control, result).map((feature): readonly [string, Survivor] => {
    const tests = result.tests.filter((test) => test.feature === feature);
    const seen = tests.map((test) => `${test.outcome}${said(test.attempts.at(-1))}`);
    return [feature, { outcomes: tests.map(({ outcome }) => outcome), saw: seen.join('; ') || 'no test of it ran' }];
  });
  const { reason } = result;
  return {
    at: result.finishedAt,
    seconds: Math.round((result.timings['total'] ?? 0) / 1000),
    outcome: result.outcome,
    ...(reason ? { reason: { code: reason.code, blame: reason.blame, message: reason.message.slice(0, 400) } } : {}),
    alive: Object.fromEntries(alive),
  };
}

function said(attempt: Result['tests'][number]['attempts'][number] | undefined): string {
  const words = attempt?.skipReason ?? attempt?.failure?.message;
  return words === undefined ? '' : `: ${(words.split('\n', 1)[0] ?? '').slice(0, 200)}`;
}

/** What became of one feature under one control. */
export function controlState(run: ControlRun | undefined, feature: string): ControlState {
  if (!run) return 'not-run';
  const survivor = run.alive[feature];
  if (!survivor) return 'failed';
  const { outcomes } = survivor;
  return (outcomes.length === 0 ? run.outcome === 'MISS' : outcomes.every((outcome) => outcome === 'MISS')) ? 'lab' : 'alive';
}

/** The suite's features in the order of their importance, each with the controls that are for it. */
export function auditOf({ suite, controls }: AuditedSuite): SuiteAudit {
  const levels = ['required', 'recommended', 'optional', 'trial'];
  const features = Object.entries(suite.requirements).map(([feature, requirement]): FeatureAudit => {
    const own = controls
      .filter(({ control }) => control.mustFail.includes(feature))
      .map(({ control, run, unbroken }) => {
        const saw = run?.alive[feature]?.saw ?? (run?.outcome === 'MISS' ? run.reason?.message : undefined);
        const whole = unbroken?.[feature];
        return { id: control.id, state: controlState(run, feature), ...(saw === undefined ? {} : { saw }), ...(whole === undefined ? {} : { unbroken: whole }) };
      });
    return { feature, requirement, state: stateOf(own), controls: own };
  });
  return { suite: suite.name, features: features.sort((left, right) => levels.indexOf(left.requirement) - levels.indexOf(right.requirement)) };
}

function stateOf(controls: FeatureAudit['controls']): FeatureState {
  if (controls.length === 0) return 'untargeted';
  if (controls.some(({ state }) => state === 'alive')) return 'alive';
  if (!controls.every(({ state }) => state === 'failed')) return 'unknown';
  return controls.every(({ unbroken }) => unbroken?.outcome === 'FAIL') ? 'fails-anyway' : 'can-fail';
}
