import { damaged } from './byte-source.ts';

/** Length in bytes of the one zstd frame that `data` begins with; what follows it may be anything (RFC 8878, 3.1.1). */
export function zstdFrameLength(data: Buffer): number {
  if (data.length < 6 || data.readUInt32LE(0) !== 0xfd2fb528) throw damaged('a zstd frame does not begin as one');
  const descriptor = data[4] ?? 0;
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeBytes = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  let at = 5 + (singleSegment ? 0 : 1) + dictionaryBytes + sizeBytes;
  for (let last = false; !last; ) {
    if (at + 3 > data.length) throw damaged('a zstd frame is cut off');
    const header = data.readUIntLE(at, 3);
    last = (header & 1) !== 0;
    // Of a run, one byte stands for all.
    at += 3 + (((header >> 1) & 3) === 1 ? 1 : header >> 3);
  }
  at += (descriptor & 4) !== 0 ? 4 : 0;
  if (at > data.length) throw damaged('a zstd frame is cut off');
  return at;
}
