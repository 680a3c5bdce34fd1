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

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Waits until it says so; gives the first group. */
  readonly says: (what: RegExp) => Promise<string>;
}

function start(args: readonly string[], cwd = projectRoot): Started {
  const child = spawn(join(projectRoot, 'hwlab'), args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
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

const kept = /kept as ([a-z2-7]+) until[\s\S]*let go/;

/** What a developer does with a machine that is kept at a failure: looks at its screen, uses it, drives the device, keeps it longer, and forgets it. */
describeInLongRun('a machine with a screen that is held at a failure, with a real guest', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  let run: Started;
  let id: string;

  before('a run that fails, and keeps its machine', async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-hold-'));
    run = start(['try', '--device', 'arduino-uno-r3+board-no-dtr-reset', '--suite', 'robotics', '--test', 'reads the signature', '--machine', 'vm-display', '--hold', 'fail', '--hold-for', '20', '--reports', join(folder, 'reports'), '--yes', '--json'], folder);
    id = await run.says(kept);
  });
  after(async () => {
    run.child.kill('SIGINT');
    await run.ended;
    await rm(folder, { recursive: true, force: true });
  });

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

/** The prompt of a live device does at the device what a person would do, and the guest's own driver notices. */
describeInLongRun('the prompt of a device that is held before its first test, with a real guest', function () {
  this.timeout(10 * 60_000);

  async function held(device: string, suite: string, test: string, body: (device: (lines: string) => Promise<string>, shell: (command: string) => Started) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'hwlab-hold-'));
    const run = start(['try', '--device', device, '--suite', suite, '--test', test, '--hold', 'start', '--hold-for', '20', '--reports', join(folder, 'reports'), '--yes', '--json'], folder);
    try {
      const id = await run.says(kept);
      await body(
        async (lines) => {
          const prompt = start(['hold', 'device', id]);
          prompt.child.stdin?.end(`${lines}\nquit\n`);
          const { code, stdout, stderr } = await prompt.ended;
          expect(code, stderr).to.equal(0);
          return stdout;
        },
        (command) => start(['hold', 'shell', id, '--', command]),
      );
    } finally {
      run.child.kill('SIGINT');
      await run.ended;
      await rm(folder, { recursive: true, force: true });
    }
  }

  it('a touch arrives at the node of the panel', async () => {
    await held('hwlab-panel-65', 'panels', 'udev and libinput know how large', async (device, shell) => {
      const listener = shell('for e in /dev/input/event*; do udevadm info -q property "$e" | grep -q ID_INPUT_TOUCHSCREEN=1 && node=$e; done; echo "listens at $node"; timeout 60 head -c 24 "$node" | wc -c');
      await listener.says(/listens at \/dev\/input\/event\d+/);
      // The node may be open a moment later than that is said; a touch that nobody listens to is said to be one.
      for (let said = 'the driver does not listen'; said.includes('does not listen'); ) said = await device('touch 0.5 0.5');
      expect((await listener.ended).stdout.trim().split('\n').at(-1)).to.equal('24');
    });
  });

  it('a printer without paper takes no job, and takes it when the paper is back', async () => {
    await held('hp-laserjet-p1102', 'printers', 'what is written to', async (device, shell) => {
      expect(await device('paper out')).to.contain('paper out');
      const job = 'timeout 8 dd if=/dev/zero of=/dev/usb/lp0 bs=64k count=16 2>&1; echo "ended $?"';
      expect((await shell(job).ended).stdout).to.contain('ended 124');
      expect(await device('paper in')).to.contain('paper in');
      expect((await shell(job.replace('timeout 8', 'timeout 60')).ended).stdout).to.contain('ended 0');
    });
  });
});
