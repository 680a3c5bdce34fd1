/**
 * A 64 KiB firmware that does what makes a half-working KVM hang or crawl, then ends QEMU with exit code 33.
 * The chip appears at 0xF0000 and below 4 GiB; the reset vector is 16 bytes before its end.
 */
export function probeFirmware(): Buffer {
  const firmware = Buffer.alloc(0x10000, 0xf4);
  program.copy(firmware, 0);
  // ljmp $0xF000, $0
  Buffer.from([0xea, 0x00, 0x00, 0x00, 0xf0]).copy(firmware, 0xfff0);
  return firmware;
}

const program = Buffer.from(
  [
    // .code16           cli; lgdtl %cs:gdtr; CR0.PE = 1; ljmpl $8, protected
    'fa2e660f0116b8000f20c00c010f22c066ea18000f000800',
    // .code32 protected: ds = es = ss = 0x10
    '66b810008ed88ec08ed0',
    // clear 0x1000..0x3fff; PML4 at 0x1000 -> PDPT at 0x2000 -> page directory at 0x3000 -> one page of 2 MiB at 0
    'bf0010000031c0b9000c0000f3ab',
    'c7050010000003200000c7050020000003300000c7050030000083000000',
    // CR3 = 0x1000; CR4.PAE = 1; EFER.LME = 1; CR0.PG = 1; ljmpl $0x18, long
    'b8001000000f22d80f20e083c8200f22e0b9800000c00f320d000100000f300f20c00d010000800f22c0ea7f000f001800',
    // .code64 long:     ecx = 20,000,000; 1: addq $1, 0x5000; dec ecx; jnz 1b. Native: 30 ms. Interpreted: minutes.
    'b9002d3101488304250050000001ffc975f3',
    // mov $0x10, %al; out %al, $0xf4; 2: hlt; jmp 2b. isa-debug-exit: exit code (0x10 << 1) | 1
    'b010e6f4f4ebfd',
    // gdt: null, 32-bit code, data, 64-bit code; gdtr
    '0000000000000000ffff0000009acf00ffff00000092cf00ffff0000009aaf001f0098000f00',
  ].join(''),
  'hex',
);
