import { expect } from 'chai';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import type { Machine, RunningMachine, StartOptions } from './machine.ts';
import { makeSnapshot, snapshotKey } from './make-snapshot.ts';
import { findWarm, warmRoot, type WarmImage } from './warm-store.ts';

const options = (deadline: Deadline): StartOptions => ({ runId: 'run', slot: 0, boot: 'warm', deadline, folder: '/nowhere' });

describe('a machine that is kept as it was', () => {
  let folder: string;
  let before: string | undefined;
  let below: WarmImage;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-snapshot-'));
    before = process.env['HWLAB_CACHE'];
    process.env['HWLAB_CACHE'] = folder;
    const there = join(warmRoot(), '0'.repeat(32));
    await mkdir(there, { recursive: true });
    for (const [name, text] of Object.entries({ memory: 'as it booted', state: 'old', 'disk.qcow2': 'disk', login_key: 'key', 'console.log': 'boot', 'manifest.json': '{}' })) await writeFile(join(there, name), text, { mode: 0o600 });
    below = { folder: there, disk: join(there, 'disk.qcow2'), memory: join(there, 'memory'), state: join(there, 'state'), manifest: { schema: 'hwlab/warm/1', key: '0'.repeat(32), imageId: 'debian-12', profileId: 'vm-basic', builtAt: 'then', hostKey: 'ssh-ed25519 AAAA', memoryBytes: 12, stateBytes: 3, timings: {} } };
  });
  afterEach(async () => {
    if (before === undefined) delete process.env['HWLAB_CACHE'];
    else process.env['HWLAB_CACHE'] = before;
    await rm(folder, { recursive: true });
  });

  /** A machine that changes its memory and disk, and writes its state when it is discarded, as QEMU does; `state` false: it died. */
  function starting(state = true): (options: StartOptions, draft: string) => Promise<RunningMachine> {
    return async (_options, draft) => {
      await writeFile(join(draft, 'memory'), 'with a job in');
      await writeFile(join(draft, 'disk.qcow2'), 'changed');
      return { [Symbol.asyncDispose]: async () => (state ? writeFile(join(draft, 'state'), 'state') : undefined) } as unknown as RunningMachine;
    };
  }

  async function make(fill: (machine: Machine, deadline: Deadline) => Promise<void>, start = starting()): Promise<string> {
    const deadline = Deadline.after(10_000);
    const key = snapshotKey(below, 'label');
    await makeSnapshot({ key, below, profileId: 'vm-basic', start, fill: async (machine) => fill(machine, deadline), deadline });
    return key;
  }

  it('is a memory image of its own, with the keys of the one below, which stays as it was', async () => {
    const key = await make(async (machine, deadline) => void (await (await machine.start(options(deadline)))[Symbol.asyncDispose]()));
    const found = await findWarm(key);
    expect(found?.manifest).to.include({ key, hostKey: 'ssh-ed25519 AAAA', memoryBytes: 13, stateBytes: 5 });
    expect(await readFile(found?.memory ?? '', 'utf8')).to.equal('with a job in');
    expect(await readFile(join(found?.folder ?? '', 'login_key'), 'utf8')).to.equal('key');
    expect((await readdir(found?.folder ?? '')).sort()).to.deep.equal(['disk.qcow2', 'login_key', 'manifest.json', 'memory', 'state']);
    expect(await readFile(below.memory, 'utf8')).to.equal('as it booted');
  });

  for (const [what, fill, start] of [
    ['the machine died before its state was written', async (machine: Machine, deadline: Deadline) => void (await (await machine.start(options(deadline)))[Symbol.asyncDispose]()), starting(false)],
    ['nobody started it', async () => undefined, starting()],
    ['what was to bring it there failed', async () => Promise.reject(new Error('no')), starting()],
  ] as const) {
    it(`leaves nothing when ${what}`, async () => {
      expect(await make(fill, start).catch((error: unknown) => error)).to.include({ code: 'snapshot-failed', blame: 'lab' });
      expect(await readdir(warmRoot())).to.deep.equal(['0'.repeat(32)]);
    });
  }

  it('has another name for another memory image, and for what was done since', () => {
    const newer: WarmImage = { ...below, manifest: { ...below.manifest, builtAt: 'later' } };
    expect(new Set([snapshotKey(below, 'a'), snapshotKey(below, 'b'), snapshotKey(newer, 'a')]).size).to.equal(3);
    expect(snapshotKey(below, 'a')).to.match(/^[0-9a-f]{32}$/);
  });
});
