import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { PxeOrder } from './pxe-order.ts';

describe('boot order by the boot server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-order-'));
  after(() => rmSync(folder, { recursive: true }));
  const soon = (): Deadline => Deadline.after(5000);

  it('is one word in a file, none without one, and unknown when it is another', async () => {
    const order = new PxeOrder(join(folder, 'pc-1'));
    expect(await order.get(soon())).to.equal('none');
    for (const device of ['pxe', 'disk', 'none'] as const) {
      await order.set(device, {}, soon());
      expect([await order.get(soon()), readFileSync(join(folder, 'pc-1'), 'utf8')]).to.deep.equal([device, `${device}\n`]);
    }
    writeFileSync(join(folder, 'pc-1'), 'floppy');
    expect(await order.get(soon())).to.equal('unknown');
  });

  it('is not written by a holder whose lease is lost, nor where it cannot be', async () => {
    const order = new PxeOrder(join(folder, 'pc-2'));
    const fence = { check: async () => Promise.reject(new HwlabError({ code: 'lease-lost', blame: 'lab', message: 'the lease is lost' })) };
    expect(await order.set('pxe', { fence }, soon()).catch((error: unknown) => error)).to.include({ code: 'lease-lost' });
    expect(await order.get(soon())).to.equal('none');
    expect(await new PxeOrder(join(folder, 'no', 'pc')).set('pxe', {}, soon()).catch((error: unknown) => error)).to.include({ code: 'boot-device-cannot' });
  });
});
