/** The member `debian-binary` of every package of this format (deb(5)). */
const format = Buffer.from('2.0\n');

/** What stands before the content of a member of an `ar` archive: 60 bytes (deb(5)). */
export function arHeader(name: string, size: number, mtime = 0): Buffer {
  return Buffer.from(`${name.padEnd(16)}${String(mtime).padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}${String(size).padEnd(10)}\`\n`, 'latin1');
}

/** Members start at even places. */
export function arPadding(size: number): Buffer {
  return Buffer.from(size % 2 === 0 ? '' : '\n');
}

/** Everything of a .deb that stands before the content of its data member. @param control the control member, a gzipped tar archive */
export function debHead(control: Buffer, dataSize: number): Buffer {
  return Buffer.concat([Buffer.from('!<arch>\n'), arHeader('debian-binary', format.length), format, arPadding(format.length), arHeader('control.tar.gz', control.length), control, arPadding(control.length), arHeader('data.tar.gz', dataSize)]);
}
