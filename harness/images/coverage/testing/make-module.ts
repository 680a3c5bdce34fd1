/** An ELF object with nothing but .modinfo and the names of its sections (System V ABI, chapter 4). */
export function makeModule(entries: readonly string[], bits: 32 | 64 = 64): Buffer {
  const info = Buffer.from(entries.map((entry) => `${entry}\0`).join(''));
  const names = Buffer.from('\0.modinfo\0.shstrtab\0');
  const [headerSize, sectionSize] = bits === 64 ? [64, 64] : [52, 40];
  const table = headerSize + info.length + names.length;
  const elf = Buffer.alloc(table + 3 * sectionSize);
  elf.writeUInt32BE(0x7f454c46, 0);
  elf[4] = bits === 64 ? 2 : 1;
  elf[5] = 1;
  if (bits === 64) elf.writeBigUInt64LE(BigInt(table), 0x28);
  else elf.writeUInt32LE(table, 0x20);
  [sectionSize, 3, 2].forEach((value, index) => elf.writeUInt16LE(value, (bits === 64 ? 0x3a : 0x2e) + index * 2));
  info.copy(elf, headerSize);
  names.copy(elf, headerSize + info.length);
  const section = (index: number, name: number, start: number, length: number): void => {
    const at = table + index * sectionSize;
    elf.writeUInt32LE(name, at);
    if (bits === 64) {
      elf.writeBigUInt64LE(BigInt(start), at + 0x18);
      elf.writeBigUInt64LE(BigInt(length), at + 0x20);
    } else {
      elf.writeUInt32LE(start, at + 0x10);
      elf.writeUInt32LE(length, at + 0x14);
    }
  };
  section(1, 1, headerSize, info.length);
  section(2, 10, headerSize + info.length, names.length);
  return elf;
}
