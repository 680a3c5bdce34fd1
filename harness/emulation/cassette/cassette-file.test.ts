import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { CassetteEvent, CassetteHead } from '../../wire/cassette/cassette.ts';
import { readCassetteFile, writeCassetteFile } from './cassette-file.ts';

const head: CassetteHead = { schema: 'hwlab/cassette/1', origin: 'emulation', recordedAt: '2026-11-22T10:00:00.000Z', model: { id: 'x', emulator: 'y', usb: {} }, environment: {}, scrubbed: [] };
const event: CassetteEvent = { t: 1, from: 'host', kind: 'bulk', endpoint: 1, status: 'ok', data: Uint8Array.of(1, 2, 3) };

describe('cassette file', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'hwlab-cassette-'))));
  after(async () => rm(folder, { recursive: true }));

  async function refusal(path: string, most?: number): Promise<string> {
    return await readCassetteFile(path, most).then(
      () => 'accepted',
      (error: unknown) => (error instanceof HwlabError ? `${error.code}: ${error.message.includes(path) ? 'names the file' : error.message}` : String(error)),
    );
  }

  it('is read as it was written, and has its name only when it is whole', async () => {
    const path = join(folder, 'a.cassette');
    const writer = writeCassetteFile(path, head);
    for (let t = 0; t < 1000; t++) writer.append({ ...event, t });
    expect(existsSync(path)).to.equal(false);
    expect(await writer.end()).to.equal(1000);
    const read = await readCassetteFile(path);
    expect(read.head).to.deep.equal(head);
    expect(read.events).to.have.length(1000);
    expect(read.events[999]).to.deep.equal({ ...event, t: 999 });
  });

  it('is refused when it was cut, edited, is none, or unpacks without end', async () => {
    const path = join(folder, 'b.cassette');
    const writer = writeCassetteFile(path, head);
    writer.append(event);
    await writer.end();
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length - 9));
    expect(await refusal(path)).to.equal('cassette-cut: names the file');
    await writeFile(path, gunzipSync(whole).toString().replace('AQID', 'AQIE'));
    expect(await refusal(path)).to.equal('cassette-edited: names the file');
    await writeFile(path, gzipSync(Buffer.alloc(2 ** 21)));
    expect(await refusal(path, 2 ** 20)).to.equal('cassette-too-big: names the file');
    await writeFile(path, 'hello\n');
    expect(await refusal(path)).to.equal('cassette-malformed: names the file');
    expect(await refusal(join(folder, 'none'))).to.equal('cassette-unreadable: names the file');
  });

  it('leaves no file when it cannot be written', async () => {
    const writer = writeCassetteFile(join(folder, 'no/such/folder/c.cassette'), head);
    writer.append(event);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const error = await writer.end().catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(HwlabError).with.property('code', 'cassette-not-written');
  });
});
