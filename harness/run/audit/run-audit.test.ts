import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { NegativeControl } from '../../db/generated/negative-controls.ts';
import type { Outcome } from '../../db/generated/result.ts';
import type { Machine, RunningMachine } from '../../machines/machine.ts';
import { Catalogue } from '../catalogue.ts';
import type { NightLab } from '../night-lab.ts';
import { sampleModel } from '../testing/sample-cell.ts';
import type { RunCellProcess } from '../worker/cell-process.ts';
import { auditOf } from './audit-report.ts';
import { AuditStore } from './audit-store.ts';
import { planAudit, runAudit, type AuditOutcome } from './run-audit.ts';
import type { Unbroken } from './unbroken.ts';

const mute: NegativeControl = { id: 'mute', why: 'w', model: 'laser', guest: { blacklist: ['usblp'] }, mustFail: ['a.one', 'a.two'] };
const deaf: NegativeControl = { id: 'deaf', why: 'w', model: 'laser', guest: { blacklist: ['usbcore'] }, mustFail: ['a.two'] };
const requirements = { 'a.two': 'required', 'a.one': 'optional', 'a.three': 'required' };

describe('audit of a suite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-audit-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const catalogue = (): Catalogue => {
    const file = join(folder, 'printers.suite.ts');
    if (!existsSync(file)) writeFileSync(file, '// a suite');
    return new Catalogue({
      models: new Map([['laser', { model: sampleModel('laser'), file: 'laser.json', sha256: '0'.repeat(64) }]]),
      suites: new Map([['printers', { name: 'printers', files: [file], revision: '0', requirements }]]),
      machines: ['vm-basic', 'vm-uefi'],
      images: ['debian-12', 'other'],
      plans: [],
    });
  };

  const machine: Machine = {
    prepare: async () => undefined,
    start: async (options): Promise<RunningMachine> => {
      mkdirSync(options.folder, { recursive: true });
      return {
        access: { name: 'fake', ssh: { host: '127.0.0.1', port: 1, username: 'root', hostKey: 'ssh-ed25519 AAAA' }, usbPorts: [], consoleFile: join(options.folder, 'console.log') },
        timings: {},
        state: async () => 'running',
        screenshot: async (file) => file,
        consoleTail: async () => '',
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
  };

  const lab: NightLab = { accelerator: 'tcg', qemu: 'none', reap: async () => [], image: async () => ({ sha256: 'a'.repeat(64), packages: {} }), machine: async () => machine };

  /** Plays an outcome a feature; every run of a control is noted in `ran`. */
  function plays(outcomes: Readonly<Record<string, Outcome>>, ran: string[] = []): RunCellProcess {
    return async (order, _deadline, send) => {
      ran.push(order.blacklist.join());
      for (const feature of order.features ?? []) {
        const outcome = outcomes[feature] ?? 'FAIL';
        const failure = { code: 'x', blame: outcome === 'MISS' ? ('lab' as const) : ('product' as const), message: `it was ${outcome}` };
        send({ type: 'test-finished', id: feature, title: feature, feature, requirement: 'required', attempt: { attempt: 1, outcome, startedAt: new Date().toISOString(), durationMs: 1, artefacts: [], ...(outcome === 'PASS' ? {} : { failure }) } });
      }
    };
  }

  async function audit(runProcess: RunCellProcess, more: { again?: boolean; controls?: readonly NegativeControl[]; lab?: NightLab; signal?: AbortSignal; onPreparing?: (step: string) => void } = {}): Promise<AuditOutcome> {
    const controls = more.controls ?? [mute, deaf];
    const plan = await planAudit({ suites: [], again: more.again ?? false, imageSha256: () => 'a'.repeat(64), controlsOf: async () => controls }, catalogue(), new AuditStore(join(folder, 'kept')));
    return await runAudit(plan, { lab: more.lab ?? lab, signal: more.signal ?? new AbortController().signal, slots: 1, runProcess, onControl: () => undefined, onPreparing: more.onPreparing ?? (() => undefined) });
  }

  const statesOf = ({ suites }: AuditOutcome): readonly string[] => suites.flatMap((suite) => auditOf(suite).features.map(({ feature, state, controls }) => `${feature} ${state}: ${controls.map((control) => `${control.id} ${control.state}`).join(', ')}`));

  it('says of each feature which control makes it fail, and of which none is', async () => {
    expect(statesOf(await audit(plays({})))).to.deep.equal(['a.two can-fail: mute failed, deaf failed', 'a.three untargeted: ', 'a.one can-fail: mute failed']);
  });

  it('says which feature survived a control, and what it came to', async () => {
    const outcome = await audit(plays({ 'a.two': 'PASS', 'a.one': 'ERROR' }));
    expect(statesOf(outcome)).to.deep.equal(['a.two alive: mute alive, deaf alive', 'a.three untargeted: ', 'a.one alive: mute alive']);
    expect(auditOf(outcome.suites[0]!).features[2]?.controls[0]?.saw).to.equal('ERROR: it was ERROR');
  });

  it('says of a feature that fails without a break too that nothing is shown, and of which result it is', async () => {
    const scope = { suites: [], again: false, imageSha256: () => undefined, controlsOf: async () => [mute] };
    const known = (cell: string, feature: string): Unbroken | undefined => (cell === 'debian-12/vm-basic/laser/printers' && feature === 'a.two' ? { result: 'n-1-001', outcome: 'FAIL' } : undefined);
    const plan = await planAudit({ ...scope, unbroken: known }, catalogue(), new AuditStore(join(folder, 'kept')));
    const outcome = await runAudit(plan, { lab, signal: new AbortController().signal, slots: 1, runProcess: plays({}), onControl: () => undefined, onPreparing: () => undefined });
    expect(statesOf(outcome)).to.deep.equal(['a.two fails-anyway: mute failed', 'a.three untargeted: ', 'a.one can-fail: mute failed']);
  });

  it('blames no suite for what the lab could not run, and does not keep it', async () => {
    expect(statesOf(await audit(plays({ 'a.two': 'MISS', 'a.one': 'MISS' })))[0]).to.equal('a.two unknown: mute lab, deaf lab');
    const ran: string[] = [];
    await audit(plays({}, ran));
    expect(ran).to.have.length(2);
  });

  it('runs an unchanged control once, and again when it, its suite or the person says so', async () => {
    const ran: string[] = [];
    const first = statesOf(await audit(plays({}, ran)));
    const kept = await audit(plays({ 'a.two': 'PASS' }, ran));
    expect(ran).to.have.length(2);
    expect(statesOf(kept)).to.deep.equal(first);
    expect(kept.suites.flatMap(({ controls }) => controls.map((each) => each.kept))).to.deep.equal([true, true]);

    await audit(plays({}, ran), { controls: [mute, { ...deaf, guest: { blacklist: ['other'] } }] });
    expect(ran.slice(2)).to.deep.equal(['other']);
    expect(statesOf(await audit(plays({ 'a.two': 'PASS' }, ran), { again: true }))[0]).to.equal('a.two alive: mute alive, deaf alive');
    writeFileSync(join(folder, 'printers.suite.ts'), '// another suite');
    await audit(plays({}, ran));
    expect(ran).to.have.length(7);
  });

  it('keeps what was done when it is interrupted, and goes on from there', async () => {
    const ran: string[] = [];
    const stop = new AbortController();
    const interrupting: RunCellProcess = async (...args) => {
      if (ran.length === 1) stop.abort(new HwlabError({ code: 'night-interrupted', blame: 'lab', message: 'interrupted by SIGINT' }));
      else await plays({}, ran)(...args);
    };
    const outcome = await audit(interrupting, { signal: stop.signal });
    expect(outcome.stopped?.code).to.equal('night-interrupted');
    expect(statesOf(outcome)[0]).to.match(/unknown/).and.to.match(/not-run/).and.to.match(/failed/);
    await audit(plays({}, ran));
    expect(ran).to.have.length(2);
  });

  it('goes on with the other images when one cannot be made ready, and says so', async () => {
    const broken: NightLab = {
      ...lab,
      image: async (id) => {
        if (id === 'other') throw new HwlabError({ code: 'image-corrupt', blame: 'lab', message: 'it is broken' });
        return { sha256: 'a'.repeat(64), packages: {} };
      },
    };
    const outcome = await audit(plays({}), { lab: broken, controls: [{ ...mute, image: 'other' }, deaf] });
    expect(outcome.stopped).to.deep.equal({ code: 'image-corrupt', message: 'other on vm-basic: it is broken' });
    expect(statesOf(outcome)).to.deep.equal(['a.two unknown: mute not-run, deaf failed', 'a.three untargeted: ', 'a.one unknown: mute not-run']);
  });

  it('goes on with the other machines when one cannot be made ready, and says so at once', async () => {
    const said: string[] = [];
    const broken: NightLab = {
      ...lab,
      machine: async (image, profile) => {
        if (profile === 'vm-uefi') throw new HwlabError({ code: 'firmware-missing', blame: 'lab', message: 'this host has no firmware' });
        return await lab.machine(image, profile);
      },
    };
    const outcome = await audit(plays({}), { lab: broken, controls: [{ ...mute, machine: 'vm-uefi' }, deaf], onPreparing: (step) => said.push(step) });
    expect(outcome.stopped).to.deep.equal({ code: 'firmware-missing', message: 'debian-12 on vm-uefi: this host has no firmware' });
    expect(said).to.include('the controls on debian-12 on vm-uefi are left out: this host has no firmware');
    expect(statesOf(outcome)).to.deep.equal(['a.two unknown: mute not-run, deaf failed', 'a.three untargeted: ', 'a.one unknown: mute not-run']);
  });
});
