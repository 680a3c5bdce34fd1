import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { PNG } from 'pngjs';
import { Deadline } from '../../base/deadline.ts';
import { captureWith, v4l2Capture } from './v4l2-capture.ts';

describe('display capture', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hwlab-capture-'));
  const program = join(folder, 'grab');
  after(() => rmSync(folder, { recursive: true }));
  const grab = async (script: string): Promise<unknown> => {
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
    return captureWith(program, '/dev/video9', Deadline.after(20_000)).catch((error: { code: string }) => error.code);
  };

  it('gives the PNG that the grabber made', async () => {
    writeFileSync(join(folder, 'picture'), PNG.sync.write(new PNG({ width: 3, height: 2 })));
    const picture = await grab(`cat '${folder}/picture'`);
    expect(PNG.sync.read(Buffer.from(picture as Uint8Array))).to.include({ width: 3, height: 2 });
  });

  it('tells a missing signal from a grabber that does not work', async () => {
    expect(await grab('echo "ioctl(VIDIOC_DQBUF): Input/output error" >&2; exit 1')).to.equal('capture-no-signal');
    expect(await grab('exit 0')).to.equal('capture-no-signal');
    expect(await grab('echo "Device or resource busy" >&2; exit 1')).to.equal('capture-failed');
    expect(await grab('echo GIF89a')).to.equal('capture-failed');
  });

  it('is no capability where there is no grabber, and takes no file for one', async () => {
    expect(await v4l2Capture('/dev/v4l/by-id/nothing')).to.equal(undefined);
    expect(await v4l2Capture('/etc/passwd').catch((error: { code: string }) => error.code)).to.equal('lab-file');
  });
});
