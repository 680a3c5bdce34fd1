/** A member of an initramfs. */
export interface CpioMember {
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link' | 'character-device';
  readonly mode: number;
  /** Of a file; of a link its target. */
  readonly content?: Uint8Array;
  readonly device?: { readonly major: number; readonly minor: number };
}

const typeBits = { file: 0o100000, folder: 0o040000, link: 0o120000, 'character-device': 0o020000 } as const;

/** An archive as the kernel unpacks it into its first root (Documentation/driver-api/early-userspace/buffer-format.rst: "newc"). Folders come before what is in them. */
export function cpioArchive(members: readonly CpioMember[]): Buffer {
  return Buffer.concat([...members.flatMap((member, index) => entry(member, index + 1)), ...entry({ path: 'TRAILER!!!', type: 'file', mode: 0 }, 0), Buffer.alloc(512)]);
}

function entry(member: CpioMember, inode: number): Buffer[] {
  const content = Buffer.from(member.content ?? new Uint8Array());
  const name = Buffer.from(`${member.path}\0`);
  const mode = inode === 0 ? 0 : typeBits[member.type] | member.mode;
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, member.device?.major ?? 0, member.device?.minor ?? 0, name.length, 0];
  const head = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [head, name, padding(head.length + name.length), content, padding(content.length)];
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}
