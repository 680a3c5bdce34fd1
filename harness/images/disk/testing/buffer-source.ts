import { checkRange, type ByteSource } from '../byte-source.ts';

/** Bytes in memory as a source. */
export function bufferSource(bytes: Buffer): ByteSource {
  const source: ByteSource = {
    size: bytes.length,
    read(position, length) {
      checkRange(source, position, length);
      return Buffer.from(bytes.subarray(position, position + length));
    },
  };
  return source;
}
