import { expect } from 'chai';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { waitFor } from '../../base/wait-for.ts';
import { ConsoleRecorder } from './console-recorder.ts';

describe('console recorder', () => {
  let folder: string;
  let socketPath: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-con-'));
    socketPath = join(folder, 's');
    file = join(folder, 'console.log');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const connect = async (): Promise<Socket> => {
    const socket = createConnection(socketPath);
    await once(socket, 'connect');
    return socket;
  };
  const seen = async (recorder: ConsoleRecorder, bytes: number): Promise<unknown> =>
    waitFor('console bytes', () => (recorder.seen >= bytes ? { value: true } : { saw: `${recorder.seen} bytes` }), { deadline: Deadline.after(4000), every: 2 });

  it('keeps every byte, in order, and shows the last lines', async () => {
    await using recorder = await ConsoleRecorder.listen(socketPath, file);
    const socket = await connect();
    for (let i = 0; i < 200; i++) socket.write(`line ${i}\n`);
    await seen(recorder, 1690);
    expect(recorder.tail(2)).to.equal('line 198\nline 199');
    socket.destroy();
    await recorder.end();
    expect(readFileSync(file, 'utf8')).to.equal(Array.from({ length: 200 }, (_, i) => `line ${i}\n`).join(''));
    expect(existsSync(socketPath)).to.equal(false);
  });

  it('cuts a flood at the limit, says so, and keeps its end', async () => {
    const recorder = await ConsoleRecorder.listen(socketPath, file, { file: 1000 });
    const socket = await connect();
    socket.write('x'.repeat(500_000));
    socket.write('\nthe very end\n');
    await seen(recorder, 500_014);
    socket.destroy();
    await recorder.end();
    const text = readFileSync(file, 'utf8');
    expect(text).to.match(/^x{1000}\n\[hwlab: the console was cut here; 499014 of 500014 bytes are not kept; the limit is 1000 bytes/).and.match(/\nthe very end\n$/);
    expect(text.length).to.be.below(70_000);
  });

  it('tells of a panic once, also to those who ask later, and of the end of the machine', async () => {
    await using recorder = await ConsoleRecorder.listen(socketPath, file);
    const told: string[] = [];
    let gone = 0;
    recorder.onPanic((line) => void told.push(line));
    recorder.onDisconnect(() => void (gone += 1));
    const socket = await connect();
    socket.write('Kernel panic - not syncing: no init\r\nagain: Kernel panic - not syncing: no init\r\n');
    await seen(recorder, 80);
    recorder.onPanic((line) => void told.push(`later: ${line}`));
    expect(told).to.deep.equal(['Kernel panic - not syncing: no init', 'later: Kernel panic - not syncing: no init']);
    socket.destroy();
    await waitFor('disconnect', () => (gone === 1 ? { value: true } : { saw: String(gone) }), { deadline: Deadline.after(2000), every: 2 });
    recorder.onDisconnect(() => void (gone += 1));
    expect(gone).to.equal(2);
  });

  it('fails in words when it cannot listen', async () => {
    const error: unknown = await ConsoleRecorder.listen(join(folder, 'none', 's'), file).catch((reason: unknown) => reason);
    expect(error).to.include({ code: 'console-unavailable', blame: 'lab' });
  });
});
