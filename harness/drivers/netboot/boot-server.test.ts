import { expect } from 'chai';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { bootBytes } from './boot-file.ts';
import type { BootRequest } from './boot-log.ts';
import { BootServer } from './boot-server.ts';

const mac = '52:54:00:77:00:02';

describe('the boot server', () => {
  let folder = '';
  let server: BootServer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-boot-'));
    server = await BootServer.listen({ host: '127.0.0.1', port: 0, logFile: join(folder, 'log') });
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  const arm = (files: ReadonlyMap<string, ReturnType<typeof bootBytes>> = new Map([['kernel', bootBytes(Buffer.from('0123456789'))]])) => server.arm({ runId: 'run-1', mac, commandLine: ['quiet', 'bad word', 'evil=${x}'], files, disk: bootBytes(Buffer.alloc(2 * 2 ** 20, 7)) });
  const script = async (): Promise<string> => (await fetch(`${server.url}/machine.ipxe?mac=52-54-00-77-00-02&uuid=u&serial=s`)).text();
  const base = async (): Promise<string> => /hwlab\.base=(\S+)/.exec(await script())?.[1] ?? '';

  it('gives every machine the first script, and its own only to one for which a run is armed', async () => {
    expect(await (await fetch(`${server.url}/boot.ipxe`)).text()).to.match(/^#!ipxe\n.*chain machine\.ipxe\?mac=/s);
    expect((await fetch(`${server.url}/machine.ipxe?mac=52-54-00-77-00-02`)).status).to.equal(404);
    const run = arm();
    expect(await script()).to.include('LAB-NETBOOT start run=run-1').and.include(' quiet ||').and.not.include('bad word').and.not.include('evil');
    expect((await fetch(`${server.url}/machine.ipxe?mac=52-54-00-77-00-03`)).status).to.equal(404);
    run.disarm();
    expect((await fetch(`${server.url}/machine.ipxe?mac=52-54-00-77-00-02`)).status).to.equal(404);
  });

  it('gives the files of the run, whole or in part, and nothing of another', async () => {
    arm();
    const at = await base();
    expect(await (await fetch(`${at}/kernel`)).text()).to.equal('0123456789');
    const part = await fetch(`${at}/kernel`, { headers: { range: 'bytes=2-4' } });
    expect([part.status, await part.text(), part.headers.get('content-range')]).to.deep.equal([206, '234', 'bytes 2-4/10']);
    expect((await fetch(`${at}/kernel`, { headers: { range: 'bytes=10-' } })).status).to.equal(416);
    expect((await (await fetch(`${at}/disk/1/1`)).arrayBuffer()).byteLength).to.equal(2 ** 20);
    for (const path of [`${at}/other`, `${at}/disk/1/2`, `${at}/disk/-1/1`, `${server.url}/r/guess/kernel`, `${server.url}/../etc/passwd`]) expect((await fetch(path)).status, path).to.equal(404);
    expect((await fetch(`${at}/kernel`, { method: 'POST' })).status).to.equal(405);
  });

  it('keeps what the firmware says of the machine, few words and short ones', async () => {
    const run = arm();
    const more = Array.from({ length: 20 }, (_, index) => `&k${index}=v`).join('');
    await (await fetch(`${server.url}/machine.ipxe?mac=52-54-00-77-00-02&vendor=LENOVO&product=${'x'.repeat(500)}&${'k'.repeat(100)}=1${more}`)).text();
    const { report = {} } = run.requests.find(({ name }) => name === 'machine.ipxe') ?? {};
    expect(report).to.include({ vendor: 'LENOVO', product: 'x'.repeat(200), ['k'.repeat(40)]: '1' });
    expect(Object.keys(report)).to.have.length(10);
    expect(await (await fetch(`${server.url}/boot.ipxe`)).text()).to.include('&vendor=${manufacturer:uristring}&product=${product:uristring} ');
  });

  it('keeps the first and the newest of very many requests', async () => {
    await using small = await BootServer.listen({ host: '127.0.0.1', port: 0, mostKept: 4 });
    const run = small.arm({ runId: 'run-1', mac, commandLine: [], files: new Map(), disk: bootBytes(Buffer.alloc(2 ** 20)) });
    const at = `${small.url}/r/${/\/r\/(\w+)/.exec(await (await fetch(`${small.url}/machine.ipxe?mac=${mac}`)).text())?.[1] ?? ''}`;
    for (const path of ['disk/0/1', 'disk/0/1', 'report?state=a', 'disk/0/1', 'report?state=b', 'report?state=c', 'report?state=failed']) await (await fetch(`${at}/${path}`)).arrayBuffer();
    expect(run.requests.map(({ name, report }) => report?.['state'] ?? name)).to.deep.equal(['machine.ipxe', 'a', 'b', 'failed']);
  });

  it('lets go of a machine that takes nothing any more', async () => {
    const endless = { size: 2 ** 30, open: () => Readable.from((function* () { for (;;) yield Buffer.alloc(2 ** 16); })()) };
    await using short = await BootServer.listen({ host: '127.0.0.1', port: 0, idleFor: 200 });
    const run = short.arm({ runId: 'run-1', mac, commandLine: [], files: new Map([['kernel', endless]]) });
    const word = /\/r\/(\w+)/.exec(await (await fetch(`${short.url}/machine.ipxe?mac=${mac}`)).text())?.[1] ?? '';
    const ended = new Promise<BootRequest>((resolve) => void run.onRequest((request) => request.name === 'kernel' && resolve(request)));
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(short.url).port) });
    socket.on('error', () => undefined);
    socket.write(`GET /r/${word}/kernel HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await ended).to.include({ name: 'kernel', complete: false });
    expect(run.transfers()).to.have.length(0);
    socket.destroy();
  });

  it('leaves a line for each request, with what was cut', async () => {
    const endless = { size: 2 ** 30, open: () => Readable.from((function* () { for (;;) yield Buffer.alloc(2 ** 16); })()) };
    const run = arm(new Map([['kernel', endless]]));
    const at = new URL(`${await base()}/kernel`);
    const cut = new Promise<BootRequest>((resolve) => void run.onRequest(resolve));
    const socket = connect({ host: at.hostname, port: Number(at.port) });
    socket.write(`GET ${at.pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'data');
    expect(run.transfers().map(({ name, total }) => ({ name, total }))).to.deep.equal([{ name: 'kernel', total: 2 ** 30 }]);
    socket.destroy();
    expect(await cut).to.include({ name: 'kernel', mac, status: 200, total: 2 ** 30, complete: false });
    await server[Symbol.asyncDispose]();
    expect(readFileSync(join(folder, 'log'), 'utf8')).to.match(/ 127\.0\.0\.1 52:54:00:77:00:02 machine\.ipxe 200 \d+\/\d+ complete \d+ms\n/).and.to.match(/ kernel 200 \d+\/1073741824 INCOMPLETE /);
  });

  it('ends a file that is shorter than was promised as cut', async () => {
    const run = arm(new Map([['initrd', { size: 100, open: () => Readable.from([Buffer.alloc(10)]) }]]));
    const ended = new Promise<BootRequest>((resolve) => void run.onRequest((request) => request.name === 'initrd' && resolve(request)));
    const failed = await fetch(`${await base()}/initrd`).then(async (response) => response.arrayBuffer()).then(() => 'whole', () => 'cut');
    expect(failed).to.equal('cut');
    expect(await ended).to.include({ bytes: 10, total: 100, complete: false });
  });

  it('refuses who asks too often', async () => {
    await using strict = await BootServer.listen({ host: '127.0.0.1', port: 0, mostPerSecond: 2 });
    const statuses = await Promise.all(Array.from({ length: 40 }, async () => (await fetch(`${strict.url}/boot.ipxe`)).status));
    expect(statuses).to.include(200).and.to.include(429);
  });
});
