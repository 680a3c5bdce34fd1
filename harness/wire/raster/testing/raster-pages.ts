/** One page of PWG raster at 150 dots an inch: its header, and `data` as its packed lines. */
export function pwgPage(width: number, lines: number, bitsPerPixel: number, data: readonly number[]): Buffer {
  const header = Buffer.alloc(1796);
  header.writeUInt32BE(150, 276);
  header.writeUInt32BE(width, 372);
  header.writeUInt32BE(lines, 376);
  header.writeUInt32BE(bitsPerPixel, 388);
  header.writeUInt32BE(Math.ceil((width * bitsPerPixel) / 8), 392);
  return Buffer.concat([header, Buffer.from(data)]);
}

/** The same of Apple raster, at 300 dots an inch. */
export function applePage(width: number, lines: number, bitsPerPixel: number, data: readonly number[]): Buffer {
  const header = Buffer.alloc(32);
  header.writeUInt8(bitsPerPixel, 0);
  header.writeUInt32BE(width, 12);
  header.writeUInt32BE(lines, 16);
  header.writeUInt32BE(300, 20);
  return Buffer.concat([header, Buffer.from(data)]);
}
