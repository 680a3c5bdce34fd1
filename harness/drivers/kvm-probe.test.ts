import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import { probeFirmware } from './kvm-probe-firmware.ts';
import { detectAccelerator, probeArguments } from './kvm-probe.ts';

describe('KVM probe', () => {
  const asked = process.env['HWLAB_ACCELERATOR'];
  afterEach(() => {
    if (asked === undefined) delete process.env['HWLAB_ACCELERATOR'];
    else process.env['HWLAB_ACCELERATOR'] = asked;
  });

  it('does as it is told by HWLAB_ACCELERATOR', async () => {
    for (const accelerator of ['kvm', 'tcg'] as const) {
      process.env['HWLAB_ACCELERATOR'] = accelerator;
      expect(await detectAccelerator(Deadline.after(1000))).to.include({ accelerator });
    }
  });

  const noQemu = spawnSync('qemu-system-x86_64', ['--version']).error !== undefined;
  (noQemu ? it.skip : it)(`has a firmware that ends QEMU with 33 after long mode and paging${noQemu ? ' (needs qemu-system-x86_64, which is not installed)' : ''}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'hwlab-probe-'));
    try {
      const file = join(folder, 'firmware.bin');
      writeFileSync(file, probeFirmware());
      expect(() => execFileSync('qemu-system-x86_64', probeArguments('tcg', 'max', file), { timeout: 4000, stdio: 'ignore' })).to.throw().with.property('status', 33);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
