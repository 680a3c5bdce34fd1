import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { runCommand } from '../base/run-command.ts';
import { Scope } from '../base/scope.ts';
import { destroyDomain } from '../drivers/libvirt/domains.ts';
import { saveDeviceState } from '../drivers/libvirt/memory-image.ts';
import { screenshot } from '../drivers/libvirt/screenshot.ts';
import { launchVm } from './launch-vm.ts';
import { makeMachineFolders } from './machine-folders.ts';
import { thisOwner } from './machine-owner.ts';
import { makeSeedKeys } from './seed-keys.ts';
import { keepNeverReady } from './never-ready.ts';
import { quietGuest, settleGuest, untilReady } from './settle-guest.ts';
import type { VmParts } from './vm-parts.ts';
import { waitForShell } from './wait-for-shell.ts';
import { newWarmDraft, publishWarm } from './warm-store.ts';
import { sshLogin } from './ssh-login.ts';

/** Boots the image once, lets it settle, and freezes it under `key`. Called under the key's lock. */
export async function buildWarm(key: string, parts: VmParts, runId: string, deadline: Deadline, onProgress: (line: string) => void): Promise<void> {
  await using scope = new Scope();
  const { image, profile, accelerator } = parts;
  const started = performance.now();
  const timings: Record<string, number> = {};
  const mark = (name: string, since: number): void => void (timings[name] = Math.round(performance.now() - since));
  const draft = await newWarmDraft(runId);
  scope.onEnd('draft', async () => rm(draft, { recursive: true, force: true }));
  const keys = image.record.seed === 'fw_cfg' ? await makeSeedKeys(draft, deadline) : undefined;

  onProgress(`${image.id} on ${profile.id}: first boot, about ${accelerator === 'kvm' ? 10 : 40} s`);
  const owner = thisOwner(runId);
  const folders = await makeMachineFolders(owner, scope);
  const vm = await launchVm(
    {
      folders,
      name: `hwlab-${runId}-warm`,
      owner,
      image,
      profile,
      accelerator,
      firmwareFiles: keys?.firmwareFiles ?? [],
      backing: { path: image.disk, format: image.record.format },
      disk: join(draft, 'disk.qcow2'),
      memoryFile: { path: join(draft, 'memory'), mode: 'shared' },
      consoleFile: join(draft, 'console.log'),
    },
    scope,
    deadline,
  );
  let hostKey = keys?.hostKey ?? '';
  const login = sshLogin(image, vm.sshPort, keys);
  const shell = await waitForShell(vm, login, deadline.within(parts.bootLimit), (seen) => (hostKey = seen));
  scope.onEnd('shell', async () => shell.close());
  mark('bootMs', started);
  onProgress(`${image.id} on ${profile.id}: the system is up, letting it settle`);
  const settling = performance.now();
  await settleGuest(shell, deadline);
  if (image.record.ready) {
    onProgress(`${image.id} on ${profile.id}: waiting until ${image.record.ready.what}`);
    await untilReady(shell, image.record.ready, deadline, accelerator === 'kvm' ? 1 : 4, (line) => onProgress(`${image.id} on ${profile.id}: ${line}`)).catch(async (error: unknown) => {
      if (!(error instanceof HwlabError) || error.code !== 'not-ready') throw error;
      const screens = profile.display === 'none' ? 0 : (profile.displays ?? 1);
      throw await keepNeverReady(error, { name: `${image.id}-${profile.id}`, shell, screens, screenshot: async (file, screen, limit) => screenshot(vm.name, file, limit, screen) });
    });
  }
  await quietGuest(shell, deadline);
  mark('settleMs', settling);

  const saving = performance.now();
  await saveDeviceState(vm.name, join(draft, 'state'), join(folders.sockets, 'save'), deadline);
  await destroyDomain(vm.name, deadline);
  // Pages that the guest never used or zeroed need no disk; a file system without holes keeps them.
  await runCommand('fallocate', ['--dig-holes', join(draft, 'memory')], { deadline, accept: [0, 1] });
  mark('saveMs', saving);
  const [memory, state] = await Promise.all([stat(join(draft, 'memory')), stat(join(draft, 'state'))]);
  await publishWarm(draft, {
    schema: 'hwlab/warm/1',
    key,
    imageId: image.id,
    profileId: profile.id,
    builtAt: new Date().toISOString(),
    hostKey,
    memoryBytes: memory.size,
    stateBytes: state.size,
    timings,
  });
  onProgress(`${image.id} on ${profile.id}: saved (${Math.round((memory.blocks * 512) / 2 ** 20)} MiB) after ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

