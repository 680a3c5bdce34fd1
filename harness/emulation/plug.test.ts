import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../base/deadline.ts';
import { plug } from './plug.ts';
import { listenAsQemu } from './testing/fake-qemu.ts';
import { createTestUnit } from './testing/test-unit.ts';
import type { HwlabError } from '../base/hwlab-error.ts';

describe('plug', () => {
  let folder: string;
  let path: string;
  let qemu: Awaited<ReturnType<typeof listenAsQemu>>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hwlab-plug-'));
    path = join(folder, 'p0.sock');
    qemu = await listenAsQemu(path);
  });

  afterEach(async () => {
    await qemu.close();
    await rm(folder, { recursive: true });
  });

  const deadline = (): Deadline => Deadline.after(2000);

  it('plugs in, tells when the guest has configured the device, unplugs, and plugs in again', async () => {
    const unit = createTestUnit();
    const kinds: string[] = [];
    const device = await plug(unit, path, { deadline: deadline(), onWire: ({ kind }) => kinds.push(kind) });
    expect(device.descriptorsSha256).to.match(/^[0-9a-f]{64}$/);
    await qemu.guests[0]?.enumerate();
    await device.configured;
    expect(await qemu.guests[0]?.bulkOut(1, Buffer.alloc(5000))).to.include({ status: 'ok', length: 5000 });
    await device.unplug();
    await device.unplug();
    expect(kinds[0]).to.equal('plug');
    expect(kinds.at(-1)).to.equal('unplug');
    expect(qemu.guests[0]?.disconnects).to.equal(1);
    const again = await plug(unit, path, { deadline: deadline() });
    await qemu.guests[1]?.enumerate();
    expect(qemu.guests[1]?.violations).to.deep.equal([]);
    await again.unplug();
  });

  it('shows a fault that takes the device away, and unplugs cleanly after it', async () => {
    const device = await plug(createTestUnit(), path, { deadline: deadline() });
    const guest = qemu.guests[0];
    await guest?.enumerate();
    device.fault({ kind: 'disconnect', endpoint: 1, afterBytes: 10 });
    expect((await guest?.bulkOut(1, Buffer.alloc(100)))?.status).to.equal('io-error');
    expect(guest?.disconnects).to.equal(1);
    await device.unplug();
  });

  it('tells when QEMU goes away', async () => {
    const device = await plug(createTestUnit(), path, { deadline: deadline() });
    qemu.guests[0]?.close();
    const lost = await device.lost;
    expect(lost).to.include({ code: 'usb-port-lost', blame: 'lab', retryable: true });
    await device.unplug();
  });

  it('says where no port listens', async () => {
    const error = await plug(createTestUnit(), join(folder, 'none.sock'), { deadline: deadline() }).catch((thrown: unknown) => thrown as HwlabError);
    expect(error).to.include({ code: 'usb-port-unreachable', blame: 'lab' });
  });

  it('ends with the deadline when the port is taken and says nothing', async () => {
    const { createServer } = await import('node:net');
    const mute = createServer(() => undefined).listen(join(folder, 'mute.sock'));
    const error = await plug(createTestUnit(), join(folder, 'mute.sock'), { deadline: Deadline.after(50) }).catch((thrown: unknown) => thrown as HwlabError);
    expect(error).to.include({ code: 'deadline-exceeded' });
    mute.close();
  });
});
