import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../../base/deadline.ts';
import { FakeShell } from '../../capabilities/testing/fake-shell.ts';
import { StationUnits } from './station-units.ts';

describe('units of another station', function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-usbredirect-'));
  const path = process.env['PATH'];
  const soon = (): Deadline => Deadline.after(20_000);
  const codeOf = async (work: Promise<unknown>): Promise<unknown> => work.then(() => 'no error', (error: { code: string }) => error.code);
  after(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  const greeting = async (port: number): Promise<string> => new Promise((resolve, reject) => connect(port, '127.0.0.1').once('data', (data: Buffer) => resolve(data.toString())).once('error', reject));

  /** A station with so many devices of the id, whose usbredirect is a script. */
  function station(devices: string, script: string): FakeShell {
    writeFileSync(join(folder, 'usbredirect'), script);
    chmodSync(join(folder, 'usbredirect'), 0o755);
    process.env['PATH'] = `${folder}:${path}`;
    const shell = new FakeShell();
    shell.answers.push({ match: /idVendor/, result: { stdout: `${devices}\n` } });
    return shell;
  }

  it('are asked for by an id that one device has, and by no other words', async () => {
    expect(await codeOf(new StationUnits(station('0', '#!/bin/sh')).offer({ id: '04b8:1129' }, soon()))).to.equal('unit-missing');
    expect(await codeOf(new StationUnits(station('2', '#!/bin/sh')).offer({ id: '04b8:1129' }, soon()))).to.equal('unit-ambiguous');
    expect(await codeOf(new StationUnits(station('1', '#!/bin/sh')).offer({ id: '1:2; reboot' }, soon()))).to.equal('lab-file');
  });

  it('are busy when usbredirect ends at once', async () => {
    expect(await codeOf(new StationUnits(station('1', '#!/bin/sh\nexit 1\n')).offer({ id: '04b8:1129' }, soon()))).to.equal('unit-busy');
  });

  const listener = `#!/usr/bin/perl
use IO::Socket::INET; $| = 1; $SIG{INT} = sub { exit 0 }; open(my $c, '>', "/proc/$$/comm"); print $c 'usbredirect'; close $c;
my ($host, $port) = split /:/, $ARGV[3]; die unless "$ARGV[0] $ARGV[1] $ARGV[2]" eq '--device 04b8:1129 --as';
my $s = IO::Socket::INET->new(LocalAddr => $host, LocalPort => $port, Listen => 1, ReuseAddr => 1) or die; my $c2 = $s->accept; $c2->autoflush(1); print $c2 'hello'; sleep 60;
`;

  it('are never those that another run offers there', async () => {
    await using _other = await new StationUnits(station('1', listener)).offer({ id: '04b8:1129' }, soon());
    // It finds the device taken and ends, as usbredirect does, while the other one goes on listening.
    expect(await codeOf(new StationUnits(station('1', '#!/bin/sh\nexit 1\n')).offer({ id: '04b8:1129' }, soon()))).to.equal('unit-busy');
    await using second = await new StationUnits(station('1', listener)).offer({ id: '04b8:1129' }, soon());
    expect(await greeting(second.port)).to.equal('hello');
  });

  it('are offered on a port, and gone when they are given back', async () => {
    const unit = await new StationUnits(station('1', listener)).offer({ id: '04b8:1129' }, soon());
    expect(await greeting(unit.port)).to.equal('hello');
    await unit[Symbol.asyncDispose]();
    const code = await new Promise<unknown>((resolve) => connect(unit.port, '127.0.0.1').once('connect', () => resolve('connected')).once('error', (error: NodeJS.ErrnoException) => resolve(error.code)));
    expect(code).to.equal('ECONNREFUSED');
  });
});
