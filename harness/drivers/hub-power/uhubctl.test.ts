import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { portsOf } from './uhubctl-output.ts';
import { UhubctlPower } from './uhubctl.ts';

const output = `Current status for hub 1-1.4 [0bda:5411 Generic 4-Port USB 2.0 Hub, USB 2.10, 4 ports, ppps]
  Port 1: 0100 power
  Port 2: 0103 power enable connect [1a86:7523 USB2.0-Serial]
  Port 3: 0000 off
  Port 4: 0503 power highspeed enable connect [04b8:1129 EPSON ET-2850 [x] 584C]
Current status for hub 2-1.4 [0bda:0411 Generic 4-Port USB 3.0 Hub, USB 3.00, 4 ports, ppps]
  Port 1: 02a0 power 5gbps Rx.Detect
  Port 2: 0000
`;

describe('uhubctl', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-uhubctl-'));
  const program = join(folder, 'uhubctl');
  const soon = (): Deadline => Deadline.after(20_000);
  const hub = new UhubctlPower({ program, settle: 60 });
  const port = { hub: '1-1.4', port: 3 };
  after(() => rmSync(folder, { recursive: true }));

  /** A hub with one port in a file; `more` runs first. */
  function install(more = ''): void {
    writeFileSync(program, `#!/bin/sh\necho "$*" >> '${folder}/log'\n${more}\ncase "$*" in *'-a off'*) echo '0000 off' > '${folder}/port' ;; *'-a on'*) echo '0100 power' > '${folder}/port' ;; esac\necho 'Current status for hub 1-1.4 [0bda:5411 Hub, USB 2.10, 4 ports, ppps]'\necho "  Port 3: $(cat '${folder}/port')"\n`);
    chmodSync(program, 0o755);
    writeFileSync(join(folder, 'log'), '');
    writeFileSync(join(folder, 'port'), '0100 power\n');
  }
  const codeOf = async (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: { code: string }) => error.code);

  it('reads hubs, ports and what is plugged in', () => {
    expect(portsOf(output)).to.deep.equal([
      { hub: '1-1.4', port: 1, power: 'on', connected: false },
      { hub: '1-1.4', port: 2, power: 'on', connected: true, device: { id: '1a86:7523', text: 'USB2.0-Serial' } },
      { hub: '1-1.4', port: 3, power: 'off', connected: false },
      { hub: '2-1.4', port: 1, power: 'on', connected: false },
      { hub: '2-1.4', port: 2, power: 'unknown', connected: false },
    ].toSpliced(3, 0, { hub: '1-1.4', port: 4, power: 'on', connected: true, device: { id: '04b8:1129', text: 'EPSON ET-2850 [x] 584C' } }));
  });

  it('finds nothing in what is no status', () => {
    for (const text of ['', 'No compatible devices detected!\n', '  Port 1: 0100 power\n', 'Current status for hub ../x [\n  Port 1: 0100 power\n', 'Current status for hub 1-1 [x]\nSent power off request\n  Port 1: 0000 off\n']) expect(portsOf(text), text).to.deep.equal([]);
  });

  it('switches, reads back, and switches nothing that is so already', async () => {
    install();
    await hub.switch(port, 'off', soon());
    expect(await hub.state(port, soon())).to.equal('off');
    await hub.switch(port, 'off', soon());
    await hub.switch(port, 'on', soon());
    expect(readFileSync(join(folder, 'log'), 'utf8').split('\n').filter((line) => line.includes('-a'))).to.deep.equal(['-l 1-1.4 -p 3 -a off -r 10', '-l 1-1.4 -p 3 -a on']);
  });

  it('believes no hub that says yes and does nothing, and names a hub that is not there', async () => {
    install(`case "$*" in *-a*) echo 'Sent power off request'; exit 0 ;; esac`);
    expect(await codeOf(hub.switch(port, 'off', soon()))).to.equal('power-does-not-obey');
    install(`echo 'No compatible devices detected!' >&2; exit 1`);
    expect(await codeOf(hub.state(port, soon()))).to.equal('hub-missing');
    expect(await hub.list(soon())).to.deep.equal([]);
    install(`echo 'Permission denied' >&2; exit 3`);
    expect(await codeOf(hub.list(soon()))).to.equal('hub-cannot-switch');
    install();
    expect(await codeOf(hub.state({ hub: '1-1.4', port: 4 }, soon()))).to.equal('hub-missing');
    expect(await codeOf(hub.state({ hub: '-a off', port: 4 }, soon()))).to.equal('lab-file');
  });

  it('does not switch for a holder whose lease is lost', async () => {
    install();
    const fence = { check: async () => Promise.reject(new HwlabError({ code: 'lease-lost', blame: 'lab', message: 'the lease is lost' })) };
    expect(await codeOf(hub.switch(port, 'off', soon(), fence))).to.equal('lease-lost');
    expect(readFileSync(join(folder, 'log'), 'utf8')).not.to.contain('-a');
  });
});
