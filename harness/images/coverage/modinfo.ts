/** What a kernel module says of itself in its section .modinfo (Linux, include/linux/moduleparam.h): `key=value`, each ended by NUL. */
export interface ModuleInfo {
  readonly firmware: readonly string[];
}

const mostFirmware = 2000;

/**
 * Reads .modinfo of a module, an ELF object of 32 or 64 bits, little-endian (System V ABI, chapter 4).
 * @returns undefined when it is no such object; never throws for its content.
 */
export function parseModuleInfo(elf: Buffer): ModuleInfo | undefined {
  const section = modinfoSection(elf);
  if (section === undefined) return undefined;
  const firmware = section.toString('utf8').split('\0').flatMap((entry) => (entry.startsWith('firmware=') && entry.length < 300 ? [entry.slice('firmware='.length)] : []));
  return { firmware: [...new Set(firmware)].slice(0, mostFirmware) };
}

function modinfoSection(elf: Buffer): Buffer | undefined {
  if (elf.length < 64 || elf.readUInt32BE(0) !== 0x7f454c46 || elf[5] !== 1) return undefined;
  const wide = elf[4] === 2;
  const table = wide ? Number(elf.readBigUInt64LE(0x28)) : elf.readUInt32LE(0x20);
  const entrySize = elf.readUInt16LE(wide ? 0x3a : 0x2e);
  const count = elf.readUInt16LE(wide ? 0x3c : 0x30);
  const namesIndex = elf.readUInt16LE(wide ? 0x3e : 0x32);
  const smallest = wide ? 64 : 40;
  if (entrySize < smallest || table + count * entrySize > elf.length || namesIndex >= count) return undefined;
  const section = (index: number): { name: number; content: Buffer } | undefined => {
    const at = table + index * entrySize;
    const start = wide ? Number(elf.readBigUInt64LE(at + 0x18)) : elf.readUInt32LE(at + 0x10);
    const length = wide ? Number(elf.readBigUInt64LE(at + 0x20)) : elf.readUInt32LE(at + 0x14);
    return start + length > elf.length ? undefined : { name: elf.readUInt32LE(at), content: elf.subarray(start, start + length) };
  };
  const names = section(namesIndex)?.content;
  const wanted = Buffer.from('.modinfo\0');
  for (let index = 0; names !== undefined && index < count; index += 1) {
    const one = section(index);
    if (one && names.subarray(one.name, one.name + wanted.length).equals(wanted)) return one.content;
  }
  return undefined;
}
