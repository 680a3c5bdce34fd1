import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { readFileSync } from 'node:fs';
import { Deadline } from '../../harness/base/deadline.ts';
import { HwlabError } from '../../harness/base/hwlab-error.ts';
import { newRunId } from '../../harness/base/random-id.ts';
import { runCommand } from '../../harness/base/run-command.ts';
import { Scope } from '../../harness/base/scope.ts';
import { shellContract } from '../../harness/capabilities/testing/shell-contract.ts';
import { detectAccelerator } from '../../harness/drivers/kvm-probe.ts';
import { labDomains } from '../../harness/drivers/libvirt/domains.ts';
import { screenshot } from '../../harness/drivers/libvirt/screenshot.ts';
import { connectShell } from '../../harness/drivers/ssh/connect-shell.ts';
import { openImage } from '../../harness/images/open-image.ts';
import type { StoredImage } from '../../harness/images/stored-image.ts';
import { reap } from '../../harness/lab/reap.ts';
import { launchVm } from '../../harness/machines/launch-vm.ts';
import { disksRoot, makeMachineFolders, socketsRoot } from '../../harness/machines/machine-folders.ts';
import { readOwner, thisOwner } from '../../harness/machines/machine-owner.ts';
import { loadMachineProfile } from '../../harness/machines/machine-profile.ts';
import type { Machine, MachineProfile, RunningMachine } from '../../harness/machines/machine.ts';
import { setClockCommand } from '../../harness/machines/settle-guest.ts';
import { createVmMachine } from '../../harness/machines/vm-machine.ts';
import { warmRoot } from '../../harness/machines/warm-store.ts';

const minutes = (count: number): Deadline => Deadline.after(count * 60_000);

describe('virtual machines, with libvirt and a real guest', function () {
  this.timeout(10 * 60_000);
  let folder: string;
  let image: StoredImage;
  let profile: MachineProfile;
  let accelerator: 'kvm' | 'tcg';
  let machine: Machine;
  const runId = newRunId(new Date());

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-machines-'));
    accelerator = (await detectAccelerator(minutes(1))).accelerator;
    image = await openImage('debian-12', minutes(2));
    profile = await loadMachineProfile('vm-basic');
    machine = createVmMachine({ image, profile, accelerator });
    await machine.prepare(minutes(9), () => undefined);
  });
  after(async () => {
    expect((await labDomains(minutes(1))).filter((name) => name.includes(runId))).to.deep.equal([]);
    await rm(folder, { recursive: true });
  });

  const start = async (slot: number): Promise<RunningMachine> => machine.start({ runId, slot, boot: 'warm', deadline: minutes(3), folder: join(folder, `slot-${slot}`) });
  const run = async (running: RunningMachine, command: string): Promise<string> => {
    if (!running.shell) throw new Error('no shell');
    return (await running.shell.run(command, { deadline: minutes(2) })).stdout;
  };

  it('is handed over before anybody has logged in, and says then that its clock is behind', async () => {
    await using running = await machine.start({ runId, slot: 3, boot: 'warm', shell: 'later', deadline: minutes(3), folder: join(folder, 'slot-3') });
    expect(running.shell).to.equal(undefined);
    expect(running.access.clockBehind).to.equal(true);
    const shell = await connectShell(running.access.ssh, minutes(2));
    try {
      const now = async (): Promise<number> => Number((await shell.run('date +%s%3N', { deadline: minutes(1) })).stdout);
      expect(await now(), 'the clock as it was saved').to.be.lessThan(Date.now() - 2000);
      await shell.run(setClockCommand(Date.now(), 20), { deadline: minutes(1) });
      expect(await now()).to.be.within(Date.now() - 3000, Date.now() + 1000);
    } finally {
      await shell.close();
    }
  });

  describe('one clone', () => {
    let running: RunningMachine;
    before(async () => {
      running = await start(0);
    });
    after(async () => running[Symbol.asyncDispose]());

    it('runs, with the time of the host', async () => {
      expect(await running.state()).to.equal('running');
      expect(await running.diagnose?.()).to.equal(undefined);
      const asked = Date.now();
      const guest = Number(await run(running, 'date +%s%3N'));
      expect(guest).to.be.within(asked - 2000, Date.now() + 2000);
      expect(await run(running, 'systemctl is-system-running || true')).to.match(/running|degraded/);
    });

    it('lets devices be plugged in and out of every port', async () => {
      expect(running.access.usbPorts).to.have.length(profile.usb.ports);
      for (const path of running.access.usbPorts) {
        const socket = createConnection(path);
        // A usb-redir port says hello as soon as somebody is there (usbredir protocol, usb_redir_hello = type 0).
        const [hello] = (await once(socket, 'data')) as [Buffer];
        expect(hello.readUInt32LE(0)).to.equal(0);
        socket.destroy();
      }
    });

    it('refuses a machine that shows another host key, and names what it saw of none', async () => {
      const hostKey = `${running.access.ssh.hostKey.slice(0, -4)}AAAA`;
      const other = await connectShell({ ...running.access.ssh, hostKey }, minutes(1)).catch((error: unknown) => error);
      expect(other).to.include({ code: 'host-key-changed', blame: 'lab' });
      const none = await connectShell({ ...running.access.ssh, port: 1 }, Deadline.after(500)).catch((error: unknown) => error);
      expect(none).to.include({ code: 'ssh-unreachable' });
      expect((none as Error).message).to.contain('ECONNREFUSED');
    });

    it('cannot reach the network outside', async () => {
      const out = await run(running, "timeout 5 sh -c 'exec 3<>/dev/tcp/192.0.2.1/80' 2>&1; ip -4 route | head -1; timeout 5 bash -c 'exec 3<>/dev/tcp/10.0.2.2/22' 2>/dev/null && echo reached || echo cut off");
      expect(out).to.match(/cut off\s*$/);
    });

    describe('its shell', () => {
      shellContract(async () => connectShell(running.access.ssh, minutes(2)), '/tmp/contract', 60);
    });
  });

  it('runs two clones side by side that know nothing of one another, and leaves nothing', async () => {
    const [one, two] = await Promise.all([start(1), start(2)]);
    try {
      expect(await foldersOf(runId)).to.equal(4);
      expect(one.access.ssh.port).to.not.equal(two.access.ssh.port);
      await Promise.all([run(one, 'echo one > /root/who; sync'), run(two, 'echo two > /root/who; sync')]);
      await Promise.all([run(one, 'echo 3 > /proc/sys/vm/drop_caches'), run(two, 'echo 3 > /proc/sys/vm/drop_caches')]);
      expect([await run(one, 'cat /root/who'), await run(two, 'cat /root/who')]).to.deep.equal(['one\n', 'two\n']);
    } finally {
      await Promise.all([one[Symbol.asyncDispose](), two[Symbol.asyncDispose]()]);
    }
    expect(await foldersOf(runId)).to.equal(0);
    expect((await labDomains(minutes(1))).filter((name) => name.includes(runId))).to.deep.equal([]);
    await using third = await start(1);
    expect(await run(third, 'ls /root/who 2>&1 || true')).to.contain('No such file');
  });

  it('tells a panic from a power-off, with the last console lines', async () => {
    await using panicking = await start(3);
    await using leaving = await start(4);
    const trip = async (running: RunningMachine, command: string): Promise<HwlabError> => {
      if (!running.trouble) throw new Error('the machine tells of no trouble');
      const deadline = minutes(2).alsoUntil(running.trouble);
      const ended: unknown = await running.shell?.run(command, { deadline }).catch((error: unknown) => error);
      // The shell may be lost a moment before the machine knows why.
      if (!running.trouble.aborted) await once(running.trouble, 'abort');
      expect(ended).to.be.instanceOf(HwlabError);
      return running.trouble.reason as HwlabError;
    };
    const [panic, off] = await Promise.all([
      trip(panicking, 'sync; echo 1 > /proc/sys/kernel/sysrq; echo c > /proc/sysrq-trigger; sleep 600'),
      trip(leaving, 'systemctl poweroff --force --force; sleep 600'),
    ]);
    expect(panic).to.include({ code: 'guest-panicked', blame: 'product' });
    expect(panic.message).to.contain('sysrq triggered crash');
    expect(await panicking.state()).to.equal('crashed');
    expect(await panicking.consoleTail(60)).to.contain('Kernel panic - not syncing: sysrq triggered crash');
    expect(off).to.include({ code: 'guest-powered-off', blame: 'product' });
    expect(await leaving.state()).to.equal('off');
  });

  it('removes what a killed run left, and spares the living', async () => {
    await using living = await start(5);
    const killed = newRunId(new Date());
    const script = join(folder, 'victim.ts');
    const from = (path: string): string => JSON.stringify(new URL(`../../harness/${path}`, import.meta.url).href);
    await writeFile(
      script,
      `import { Deadline } from ${from('base/deadline.ts')};
import { openImage } from ${from('images/open-image.ts')};
import { loadMachineProfile } from ${from('machines/machine-profile.ts')};
import { createVmMachine } from ${from('machines/vm-machine.ts')};
const deadline = Deadline.after(180_000);
const machine = createVmMachine({ image: await openImage('debian-12', deadline), profile: await loadMachineProfile('vm-basic'), accelerator: '${accelerator}' });
await machine.start({ runId: '${killed}', slot: 0, boot: 'warm', deadline, folder: ${JSON.stringify(join(folder, 'victim'))} });
console.log('ready');
setInterval(() => undefined, 1000);
`,
    );
    const victim = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(victim.stdout, 'data');
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    expect(await labDomains(minutes(1))).to.include(`hwlab-${killed}-0`);
    const reaped = await reap();
    expect(reaped.domains).to.include(`hwlab-${killed}-0`);
    expect(await foldersOf(killed)).to.equal(0);
    const left = await labDomains(minutes(1));
    expect(left).to.include(living.access.name);
    expect(left).to.not.include(`hwlab-${killed}-0`);
    expect(await run(living, 'echo alive')).to.equal('alive\n');
    expect((await reap()).domains).to.deep.equal([]);
  });

  it('makes a memory image anew when it is damaged, by a cold boot', async () => {
    const before_ = process.env['HWLAB_CACHE'];
    const [key] = (await readdir(warmRoot())).filter((name) => /^[0-9a-f]{32}$/.test(name) && JSON.parse(readFileSync(join(warmRoot(), name, 'manifest.json'), 'utf8')).profileId === 'vm-basic');
    const source = join(warmRoot(), key ?? 'none');
    process.env['HWLAB_CACHE'] = join(folder, 'cache');
    try {
      for (const name of await readdir(source)) if (name !== 'memory') await cp(join(source, name), join(warmRoot(), key ?? '', name));
      const { size } = await stat(join(source, 'memory'));
      const empty = await open(join(warmRoot(), key ?? '', 'memory'), 'w', 0o600);
      await empty.truncate(size);
      await empty.close();
      const state = join(warmRoot(), key ?? '', 'state');
      await writeFile(state, Buffer.alloc((await stat(state)).size, 0x5a));
      await using running = await createVmMachine({ image, profile, accelerator }).start({ runId, slot: 6, boot: 'warm', deadline: minutes(9), folder: join(folder, 'again') });
      expect(await run(running, 'echo well')).to.equal('well\n');
    } finally {
      if (before_ === undefined) delete process.env['HWLAB_CACHE'];
      else process.env['HWLAB_CACHE'] = before_;
    }
  });

  it('tells at once of a kernel that panics when it boots', async () => {
    const { initrd: _, ...noInitrd } = image;
    const lost = { ...noInitrd, record: { ...image.record, append: 'root=/dev/nowhere' } };
    const error: unknown = await createVmMachine({ image: lost, profile, accelerator }).start({ runId, slot: 9, boot: 'cold', deadline: minutes(4), folder: join(folder, 'panic') }).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'guest-panicked', blame: 'product' });
    expect((error as HwlabError).message).to.contain('Unable to mount root fs');
    expect((error as HwlabError).facts['console']).to.be.an('array').with.length.above(3);
  });

  it('says of a disk that does not boot what it last saw, and shows its screen', async () => {
    const disk = join(folder, 'empty.qcow2');
    await runCommand('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '64M'], { deadline: minutes(1) });
    const display: MachineProfile = { ...profile, id: 'bios-display', firmware: 'bios', display: 'vga', cpus: 1, memory: 128 };
    const empty = { id: 'empty', sha256: '0'.repeat(64), disk, record: { format: 'qcow2', boot: 'bios', login: { username: 'root', password: 'x' } }, manifest: { files: {} } } as const;
    await using scope = new Scope();
    const owner = thisOwner(runId);
    const folders = await makeMachineFolders(owner, scope);
    const name = `hwlab-${runId}-7`;
    await launchVm({ name, owner, folders, image: empty, profile: display, accelerator, firmwareFiles: [], backing: { path: disk, format: 'qcow2' }, consoleFile: join(folder, 'bios.log') }, scope, minutes(1));
    const picture = PNG.sync.read(readFileSync(await screenshot(name, join(folder, 'screen.png'), minutes(1))));
    expect([picture.width, picture.height]).to.satisfy(([width, height]: number[]) => (width ?? 0) >= 320 && (height ?? 0) >= 200);
    await scope.end();
    expect(scope.failures).to.deep.equal([]);

    const hopeless = createVmMachine({ image: empty, profile: display, accelerator, bootLimit: 4000 });
    const error: unknown = await hopeless.start({ runId, slot: 8, boot: 'cold', deadline: minutes(2), folder: join(folder, 'hopeless') }).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'guest-never-came-up', blame: 'product' });
    expect((error as Error).message).to.match(/last seen: .+console/);
  });
});

/** How many folders of running machines belong to a run. */
async function foldersOf(runId: string): Promise<number> {
  const folders = await Promise.all([socketsRoot(), disksRoot()].map(async (root) => (await readdir(root)).map((name) => join(root, name))));
  const owners = await Promise.all(folders.flat().map(async (folder) => readOwner(folder)));
  return owners.filter((owner) => owner?.runId === runId).length;
}
