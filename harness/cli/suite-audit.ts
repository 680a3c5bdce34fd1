import { Deadline } from '../base/deadline.ts';
import { defaultDatabase } from '../db/database.ts';
import { ResultStore } from '../db/result-store.ts';
import { listImageIds } from '../images/catalogue.ts';
import { listImages } from '../images/list-images.ts';
import { auditOf, type AuditedControl, type AuditedSuite, type SuiteAudit } from '../run/audit/audit-report.ts';
import { AuditStore } from '../run/audit/audit-store.ts';
import { latestResults, readUnbroken } from '../run/audit/unbroken.ts';
import { planAudit, runAudit, type AuditOutcome, type AuditPlan } from '../run/audit/run-audit.ts';
import { loadCatalogue } from '../run/catalogue.ts';
import { exitCodes } from '../run/exit-code.ts';
import { realLab } from '../run/real-lab.ts';
import { consentOf } from '../setup/consent.ts';
import { ensureCellPackages } from './cell-packages.ts';
import { auditCounts, auditLines, controlLine, countsLine } from './audit-text.ts';
import { interruptSignal } from './interrupt.ts';

export interface AuditOptions {
  readonly image?: string;
  readonly machine?: string;
  readonly again?: boolean;
  readonly strict?: boolean;
  readonly dryRun?: boolean;
  readonly slots?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const setupMinutes = 60;
const mostHours = 12;

/** Runs the controls of suites and prints what they showed. Returns the exit code. */
export async function auditSuites(suites: readonly string[], options: AuditOptions): Promise<number> {
  const catalogue = await loadCatalogue(await listImageIds());
  const images = new Map((await listImages()).map(({ id, sha256 }) => [id, sha256]));
  const { image, machine, slots, again = false, strict = false, dryRun = false, json = false } = options;
  const unbroken = await readUnbroken(latestResults(ResultStore.open(defaultDatabase)));
  const plan = await planAudit(
    { suites, again: again && !dryRun, unbroken, imageSha256: (id) => images.get(id) || undefined, ...(image === undefined ? {} : { image }), ...(machine === undefined ? {} : { machine }) },
    catalogue,
    new AuditStore(),
  );
  if (dryRun) {
    print({ suites: asPlanned(plan) }, { json, dry: true, strict });
    return exitCodes.ok;
  }
  const known = plan.controls.filter(({ audited }) => audited.run).length;
  say(`${plan.controls.length} controls of ${plan.suites.length} suites${known > 0 ? `; ${known} were run before, and nothing that they depend on has changed (--again runs them too)` : ''}`);
  const outcome = known === plan.controls.length ? { suites: asPlanned(plan) } : await run(plan, { ...(slots === undefined ? {} : { slots }), yes: options.yes ?? false });
  print(outcome, { json, dry: false, strict });
  return exitCodeOf(outcome, strict);
}

async function run(plan: AuditPlan, { slots, yes }: { readonly slots?: number; readonly yes: boolean }): Promise<AuditOutcome> {
  const signal = interruptSignal({ code: 'night-interrupted', says: 'ending the running controls, what is done is kept', advice: 'go on: give the same command again' });
  const deadline = Deadline.after(setupMinutes * 60_000, signal);
  await ensureCellPackages(plan.controls.filter(({ audited }) => !audited.run).map(({ cell }) => cell), ['image'], { ...consentOf({ yes }), deadline, progress: say });
  const lab = await realLab(Deadline.after(mostHours * 3600_000, signal));
  return await runAudit(plan, { lab, signal, ...(slots === undefined ? {} : { slots }), onPreparing: say, onControl: (suite, control, progress) => say(controlLine(suite, control, progress)) });
}

function asPlanned({ suites, controls }: AuditPlan): readonly AuditedSuite[] {
  return suites.map((suite) => ({ suite, controls: controls.filter((planned) => planned.suite === suite).map(({ audited }) => audited) }));
}

function print(outcome: AuditOutcome, { json, dry, strict }: { readonly json: boolean; readonly dry: boolean; readonly strict: boolean }): void {
  const audits = outcome.suites.map(auditOf);
  const counts = auditCounts(outcome.suites);
  if (json) {
    const controls = outcome.suites.flatMap(({ suite, controls: own }) => own.map((control) => ({ suite: suite.name, ...shownControl(control) })));
    process.stdout.write(`${JSON.stringify({ suites: audits, controls, counts, ...(outcome.stopped ? { stopped: outcome.stopped } : {}), exitCode: dry ? exitCodes.ok : exitCodeOf(outcome, strict) }, null, 2)}\n`);
    return;
  }
  for (const audit of audits) process.stdout.write(`${auditLines(audit, dry).join('\n')}\n\n`);
  process.stdout.write(`${dry ? dryLine(outcome.suites) : countsLine(counts)}\n`);
  if (outcome.stopped) process.stderr.write(`hwlab: the audit ended early: ${outcome.stopped.code}: ${outcome.stopped.message}\n  what to do: give the same command again; what is done is kept\n`);
}

function shownControl({ control, image, machine, run, kept }: AuditedControl): object {
  return { id: control.id, why: control.why, model: control.model, image, machine, mustFail: control.mustFail, kept, ...(run ? { run } : {}) };
}

function dryLine(suites: readonly AuditedSuite[]): string {
  const controls = suites.flatMap((suite) => suite.controls);
  const { features, untargeted, requiredUntargeted } = auditCounts(suites);
  const waiting = controls.filter(({ run: done }) => !done).length;
  return `${controls.length} controls for ${features - untargeted} of ${features} features; ${untargeted} features have none (${requiredUntargeted} required); ${waiting} controls to be run. Nothing was run.`;
}

/** A feature that survives comes before what the lab could not judge: the suite has to be mended whatever else happens. */
function exitCodeOf({ suites, stopped }: AuditOutcome, strict: boolean): number {
  const required = suites.flatMap((suite) => (auditOf(suite) satisfies SuiteAudit).features).filter(({ requirement }) => requirement === 'required');
  if (stopped?.code === 'night-interrupted') return exitCodes.interrupted;
  if (required.some(({ state }) => state === 'alive' || (strict && state === 'untargeted'))) return exitCodes.product;
  return stopped || required.some(({ state }) => state === 'unknown') ? exitCodes.lab : exitCodes.ok;
}

function say(line: string): void {
  process.stderr.write(`hwlab: ${line}\n`);
}
