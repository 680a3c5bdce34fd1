import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import type { PowerState } from '../../capabilities/power.ts';
import { magicPacket, wakeOnLanPower } from './wake-on-lan-power.ts';

describe('Wake-on-LAN', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-wol-'));
  const before_ = process.env['PATH'];
  const ssh = { host: 'lab-7', user: 'root', keyFile: '/keys/lab', knownHosts: '/keys/known' };
  const soon = (): Deadline => Deadline.after(20_000);
  const patience = { settle: 300, every: 5, attempts: 1 };
  after(() => {
    process.env['PATH'] = before_;
    rmSync(folder, { recursive: true });
  });

  function program(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
    process.env['PATH'] = `${folder}:${before_}`;
  }

  it('sends six bytes of 255 and the address sixteen times, and waits until somebody answers', async () => {
    const card = createSocket('udp4');
    card.bind(0, '127.0.0.1');
    await once(card, 'listening');
    let state: PowerState = 'unknown';
    const heard = once(card, 'message').then(([packet]: unknown[]) => {
      state = 'on';
      return packet as Buffer;
    });
    await wakeOnLanPower({ mac: '52:54:00:ab:cd:ef', broadcast: '127.0.0.1', port: card.address().port, ssh }, async () => Promise.resolve(state), patience).on(soon());
    const packet = await heard;
    card.close();
    expect(packet.toString('hex')).to.equal(`ffffffffffff${'525400abcdef'.repeat(16)}`);
  });

  it('takes no MAC address that is none', () => {
    for (const mac of ['52:54:00:ab:cd', '52-54:00:ab:cd:ef', 'x', '52:54:00:ab:cd:ef:01']) expect(() => magicPacket(mac), mac).to.throw('no MAC address');
    expect(magicPacket('52-54-00-AB-CD-EF')).to.have.length(102);
  });

  it('shuts down over SSH, and takes silence for unknown and not for off', async () => {
    program('ssh', `echo "$*" >> '${folder}/log'`);
    let state: PowerState = 'on';
    const power = wakeOnLanPower({ mac: '52:54:00:ab:cd:ef', ssh }, async () => Promise.resolve(state), patience);
    const error = await power.off(soon()).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'power-does-not-obey' });
    expect(readFileSync(join(folder, 'log'), 'utf8')).to.contain('StrictHostKeyChecking=yes').and.contain('root@lab-7 systemctl poweroff --force');
    state = 'unknown';
    expect(await power.off(soon()).catch((thrown: unknown) => thrown)).to.include({ code: 'power-unreachable' });
  });

  it('tells a refused key from a machine that does not answer', async () => {
    const power = wakeOnLanPower({ mac: '52:54:00:ab:cd:ef', ssh }, async () => Promise.resolve('on' as const), patience);
    program('ssh', 'echo "root@lab-7: Permission denied (publickey)." >&2; exit 255');
    expect(await power.shutdown?.(soon()).catch((thrown: unknown) => thrown)).to.include({ code: 'power-refused' });
  });
});
