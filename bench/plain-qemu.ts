import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deadline } from '../harness/base/deadline.ts';
import { runCommand } from '../harness/base/run-command.ts';
import { connectShell } from '../harness/drivers/ssh/connect-shell.ts';
import { makeSeedKeys } from '../harness/machines/seed-keys.ts';
import type { MachineProfile } from '../harness/machines/machine.ts';
import type { StoredImage } from '../harness/images/stored-image.ts';

/**
 * Boots the image with QEMU alone, by a command line as a person would write it: no libvirt, no USB ports, no console recorder.
 * Returns milliseconds from the start of the process to the end of the first SSH command.
 */
export async function bootPlainQemu(image: StoredImage, profile: MachineProfile, accelerator: 'kvm' | 'tcg', deadline: Deadline): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hwlab-bench-'));
  const keys = await makeSeedKeys(folder, deadline);
  const disk = join(folder, 'disk.qcow2');
  await runCommand('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', image.disk, '-F', image.record.format, disk], { deadline });
  const port = await freePort();
  const started = performance.now();
  const qemu = spawn(
    'qemu-system-x86_64',
    [
      ['-machine', `q35,accel=${accelerator}`, '-cpu', accelerator === 'kvm' ? 'host' : 'max', '-smp', String(profile.cpus), '-m', String(profile.memory)],
      ['-kernel', image.kernel ?? '', '-initrd', image.initrd ?? '', '-append', `${image.record.append ?? ''} console=ttyS0`],
      ['-drive', `file=${disk},if=virtio,format=qcow2,cache=unsafe`],
      ['-netdev', `user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22`, '-device', 'virtio-net-pci,netdev=n0,romfile=', '-device', 'virtio-rng-pci'],
      ['-display', 'none', '-vga', 'none', '-serial', `file:${join(folder, 'console.log')}`],
      keys.firmwareFiles.flatMap(({ name, path }) => ['-fw_cfg', `name=${name},file=${path}`]),
    ].flat(),
    { stdio: 'ignore' },
  );
  const ended = once(qemu, 'exit');
  try {
    const shell = await connectShell({ host: '127.0.0.1', port, username: image.record.login.username, privateKeyFile: keys.loginKeyFile, hostKey: keys.hostKey }, deadline);
    await shell.run('true', { deadline });
    const took = performance.now() - started;
    await shell.close();
    return took;
  } finally {
    qemu.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
