const perLine = 16;

/** Intel HEX of a program at address 0, as the compilers for boards write it; at most 64 KiB. */
export function intelHex(program: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < program.length; at += perLine) lines.push(record(at, 0, program.subarray(at, at + perLine)));
  return [...lines, record(0, 1, new Uint8Array(0)), ''].join('\n');
}

function record(address: number, type: number, data: Uint8Array): string {
  const bytes = [data.length, address >>> 8, address & 0xff, type, ...data];
  const checksum = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return `:${Buffer.from([...bytes, checksum]).toString('hex').toUpperCase()}`;
}
