/** What the boot sector below prints on the first serial line. */
export const tinyPrompt = 'tiny login: ';

/** A disk of so many mebibytes: a boot sector that prints a login prompt and halts, then content that no two mebibytes share, with a hole of zeros. */
export function tinyDisk(mebibytes: number): Buffer {
  const disk = Buffer.alloc(mebibytes * 2 ** 20);
  for (let at = 0; at < disk.length; at += 4) if (Math.floor(at / 2 ** 20) % 4 !== 3) disk.writeUInt32LE((at * 2654435761) >>> 0, at);
  bootSector(`\r\n${tinyPrompt}\r\n`).copy(disk);
  return disk;
}

/** 16 bit code at 0000:7c00 that sends `text` to the UART at 0x3f8, a letter when the line is free, and halts. */
function bootSector(text: string): Buffer {
  const code = Buffer.from([
    ...[0x31, 0xc0], // xor ax,ax
    ...[0x8e, 0xd8], // mov ds,ax
    ...[0xbe, 0x00, 0x00], // mov si,text
    ...[0xac], // next: lodsb
    ...[0x84, 0xc0], // test al,al
    ...[0x74, 0x11], // jz halt
    ...[0x88, 0xc4], // mov ah,al
    ...[0xba, 0xfd, 0x03], // mov dx,3fdh
    ...[0xec], // wait: in al,dx
    ...[0xa8, 0x20], // test al,20h
    ...[0x74, 0xfb], // jz wait
    ...[0xb2, 0xf8], // mov dl,f8h
    ...[0x88, 0xe0], // mov al,ah
    ...[0xee], // out dx,al
    ...[0xeb, 0xea], // jmp next
    ...[0xf4], // halt: hlt
    ...[0xeb, 0xfd], // jmp halt
  ]);
  code.writeUInt16LE(0x7c00 + code.length, 5);
  const sector = Buffer.alloc(512);
  Buffer.concat([code, Buffer.from(`${text}\0`, 'latin1')]).copy(sector);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
