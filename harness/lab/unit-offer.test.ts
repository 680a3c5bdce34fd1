import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import type { HwlabError } from '../base/hwlab-error.ts';
import { projectRoot } from '../base/places.ts';
import type { Lab, LabUnit } from './inventory/lab.ts';
import { loadLab } from './inventory/read-lab.ts';
import { offerUnit } from './unit-offer.ts';

describe('a unit of the lab file, offered to a guest', function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-offer-'));
  let lab: Lab;
  before(async () => (lab = await loadLab(join(projectRoot, 'fixtures/lab/bench.yaml'))));
  after(() => rmSync(folder, { recursive: true }));
  const soon = (): Deadline => Deadline.after(20_000);
  const unit = (id: string, changes: Partial<LabUnit> = {}): LabUnit => ({ ...(lab.units.find((one) => one.id === id) ?? expect.fail(id)), ...changes });
  const refusal = async (one: LabUnit, of = lab): Promise<HwlabError> => offerUnit(of, one, soon(), 'elsewhere').then(() => expect.fail('it was offered'), (error: unknown) => error as HwlabError);

  it('needs a USB id and a station, and says which is missing and what to write', async () => {
    const { usb: _, ...nameless } = unit('uno-1');
    for (const [one, message] of [[nameless, /USB id/], [unit('mfp-2', { usb: '0482:069b' }), /no station/]] as const) {
      const error = await refusal(one);
      expect(error).to.include({ code: 'unit-not-offered', blame: 'usage' });
      expect(error.message).to.match(message);
    }
    const onMachine = { ...lab, hubs: [{ id: 'hub-9', machine: 'laptop-7', ports: 4 }] } as unknown as Lab;
    expect((await refusal(unit('uno-1', { port: 'hub-9/1' }), onMachine)).message).to.match(/the machine laptop-7/);
  });

  it('needs the login of a station that is not this one', async () => {
    expect((await refusal(unit('uno-1'))).advice).to.match(/"login".*or run this command on bench-1/);
    const known = join(folder, 'known');
    writeFileSync(known, '');
    const stations = lab.stations.map((station) => ({ ...station, login: { host: '127.0.0.1', port: 9, user: 'hwlab', keyFile: join(folder, 'key'), knownHosts: known } }));
    expect(await refusal(unit('uno-1'), { ...lab, stations } as Lab)).to.include({ code: 'host-key-unknown' });
  });

  it('comes from this station without a login, and is given back', async () => {
    const path = process.env['PATH'];
    const script = join(folder, 'usbredirect');
    writeFileSync(script, `#!/usr/bin/perl
use IO::Socket::INET; $SIG{INT} = sub { exit 0 }; open(my $c, '>', "/proc/$$/comm"); print $c 'usbredirect'; close $c;
my ($host, $port) = split /:/, $ARGV[3]; my $s = IO::Socket::INET->new(LocalAddr => $host, LocalPort => $port, Listen => 1, ReuseAddr => 1) or die; my $c2 = $s->accept; $c2->autoflush(1); print $c2 'hello'; sleep 60;
`);
    // Only the count of devices is not this host's own.
    const cat = join(folder, 'cat');
    writeFileSync(cat, `#!/bin/sh\ncase "$1" in */idVendor) [ -e '${folder}/seen' ] || echo 2341 ;; */idProduct) : > '${folder}/seen'; echo 0043 ;; *) exec /bin/cat "$@" ;; esac\n`);
    for (const file of [script, cat]) chmodSync(file, 0o755);
    process.env['PATH'] = `${folder}:${path}`;
    try {
      const offered = await offerUnit(lab, unit('uno-1'), soon(), 'bench-1');
      const said = await new Promise((resolve, reject) => connect(offered.port, '127.0.0.1').once('data', (data: Buffer) => resolve(data.toString())).once('error', reject));
      expect(said).to.equal('hello');
      await offered[Symbol.asyncDispose]();
    } finally {
      process.env['PATH'] = path;
    }
  });
});
