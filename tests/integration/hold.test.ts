import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { projectRoot } from '../../harness/base/places.ts';
import { describeInLongRun } from './long-run.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a developer does with a machine that is kept at a failure: looks at its screen, uses it, drives the device, keeps it longer, and forgets it. */
describeInLongRun('a machine with a screen that is held at a failure, with a real guest', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  let run: ReturnType<typeof start>;
  let id: string;

  before('a run that fails, and keeps its machine', async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-hold-'));
    run = start(['try', '--device', 'arduino-uno-r3+board-no-dtr-reset', '--suite', 'robotics', '--test', 'reads the signature', '--machine', 'vm-display', '--hold', 'fail', '--hold-for', '20', '--reports', join(folder, 'reports'), '--yes', '--json']);
    id = await run.says(/kept as ([a-z2-7]+) until[\s\S]*let go/);
  });
  after(async () => {
    run.child.kill('SIGINT');
    await run.ended;
    await rm(folder, { recursive: true, force: true });
  });

  function start(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly says: (what: RegExp) => Promise<string> } {
    const child = spawn(join(projectRoot, 'hwlab'), args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let look = (): void => undefined;
    const take = (which: 'out' | 'err') => (data: Buffer) => {
      if (which === 'out') stdout += String(data);
      else stderr += String(data);
      look();
    };
    child.stdout.on('data', take('out'));
    child.stderr.on('data', take('err'));
    const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }));
    const says = async (what: RegExp): Promise<string> =>
      await new Promise((resolve, reject) => {
        look = () => {
          const found = what.exec(stderr) ?? what.exec(stdout);
          if (found) resolve(found[1] ?? found[0]);
        };
        look();
        void ended.then(() => reject(new Error(`it ended without saying ${String(what)}: ${stderr.slice(-3000)}`)));
      });
    return { child, ended, says };
  }

  async function hold(...args: string[]): Promise<Ended> {
    return await start(['hold', ...args]).ended;
  }

  it('prints all ways in: shell, device, console, screen, VNC', async () => {
    const { stdout } = await hold('show', id);
    for (const way of [`hold shell ${id}`, `hold device ${id}`, 'console.log', `hold screenshot ${id}`, `hold vnc ${id}`, `hold extend ${id}`, `hold release ${id}`]) expect(stdout).to.contain(way);
  });

  it('shows its screen as it is now', async () => {
    const file = join(folder, 'now.png');
    const { code, stderr } = await hold('screenshot', id, '--out', file);
    expect(code, stderr).to.equal(0);
    const { width, height, data } = PNG.sync.read(await readFile(file));
    expect([width, height].every((side) => side >= 400)).to.equal(true);
    expect(new Set(new Uint32Array(data.buffer, data.byteOffset, width * height)).size, 'colours on the screen').to.be.above(1);
  });

  it('a viewer gets its screen over VNC', async () => {
    const forward = start(['hold', 'vnc', id, '--json']);
    const { address } = JSON.parse(await forward.says(/\{.*\}/)) as { readonly address: string };
    const viewer = connect(Number(address.split(':')[1]), '127.0.0.1');
    // RFC 6143, 7.1: versions, types of security, the answer to the choice, and the size of the screen.
    const ask = async (bytes: readonly number[], answer: number): Promise<Buffer> => {
      viewer.write(Uint8Array.from(bytes));
      for (;;) {
        const got = viewer.read(answer) as Buffer | null;
        if (got) return got;
        await once(viewer, 'readable');
      }
    };
    expect((await ask([], 12)).toString()).to.equal('RFB 003.008\n');
    expect([...(await ask([...Buffer.from('RFB 003.008\n')], 2))]).to.deep.equal([1, 1]);
    expect([...(await ask([1], 4))]).to.deep.equal([0, 0, 0, 0]);
    const head = await ask([1], 24);
    expect([head.readUInt16BE(0), head.readUInt16BE(2)].every((side) => side >= 400)).to.equal(true);
    viewer.destroy();
    forward.child.kill('SIGINT');
    expect((await forward.ended).code).to.equal(0);
  });

  it('its device has a prompt of its own', async () => {
    const prompt = start(['hold', 'device', id]);
    prompt.child.stdin?.end('help\nunplug\nno such thing\nplug\nwire 3\nquit\n');
    const { code, stdout, stderr } = await prompt.ended;
    expect(code, stderr).to.equal(0);
    expect(stdout).to.contain('unplugged').and.to.match(/no such|does not know|not know/i).and.to.match(/configured/);
    expect((await hold('shell', id, '--', 'ls', '/dev/ttyACM0')).code).to.equal(0);
  });

  it('is kept longer when that is asked for, and lets go by itself when its time is up', async () => {
    const longer = await hold('extend', id, '90', '--json');
    const until = /kept until (\S+)/.exec((JSON.parse(longer.stdout) as { readonly answer: string }).answer)?.[1] ?? '';
    expect(Date.parse(until)).to.be.above(Date.now() + 80 * 60_000);
    expect((await hold('extend', id, '1')).code).to.equal(0);
    const { stderr } = await run.ended;
    expect(stderr).to.contain('its time was up');
    expect((await hold('list')).stdout).to.not.contain(id);
    expect((await hold('shell', id, '--', 'true')).code).to.equal(2);
  });
});
