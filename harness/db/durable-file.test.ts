import { expect } from 'chai';
import { HwlabError } from '../base/hwlab-error.ts';
import { appendSynced, type AppendHandle } from './durable-file.ts';

/** A file in memory on a disk with `room` bytes that takes at most 5 bytes a write. */
function fakeHandle(room: number, options: { readonly truncates: boolean }): { readonly handle: AppendHandle; content(): string } {
  let bytes = Buffer.from('old\n');
  const handle = {
    async write(data: Uint8Array, offset: number, length: number, position: number) {
      const taken = Math.min(5, length, room - position);
      if (taken <= 0) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      bytes = Buffer.concat([bytes.subarray(0, position), data.subarray(offset, offset + taken)]);
      return { bytesWritten: taken, buffer: data };
    },
    async sync() {},
    async truncate(length = 0) {
      if (!options.truncates) throw new Error('EIO');
      bytes = bytes.subarray(0, length);
    },
  };
  return { handle: handle as unknown as AppendHandle, content: () => bytes.toString() };
}

describe('appendSynced', () => {
  it('writes on after short writes', async () => {
    const { handle, content } = fakeHandle(100, { truncates: true });
    await appendSynced(handle, 'f', 4, Buffer.from('a longer line\n'));
    expect(content()).to.equal('old\na longer line\n');
  });

  for (const truncates of [true, false]) {
    it(`says no-disk-space when the disk is full, and ${truncates ? 'cuts off the half line' : 'that the half line stays'}`, async () => {
      const { handle, content } = fakeHandle(12, { truncates });
      const error = await appendSynced(handle, 'f', 4, Buffer.from('a longer line\n')).catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(HwlabError);
      expect(error).to.include({ code: 'no-disk-space', blame: 'lab' });
      expect((error as HwlabError).facts).to.include({ cutOff: truncates });
      expect(content()).to.equal(truncates ? 'old\n' : 'old\na longer');
    });
  }
});
