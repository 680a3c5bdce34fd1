/** One member of a tar archive. Names and targets are latin1: bytes as they are in a file system. */
export interface TarMember {
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link' | 'hard-link';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly size: number;
  readonly target?: string;
  readonly attributes?: ReadonlyMap<string, Buffer>;
}

const typeFlags = { file: '0', 'hard-link': '1', link: '2', folder: '5' } as const;

/** What precedes a member's content: its header (POSIX.1-2001 ustar) and, where that is too narrow, an extended header (pax). */
export function tarHeader(member: TarMember): Buffer {
  const extended: Buffer[] = [];
  const fits = (text: string): boolean => text.length <= 100;
  if (!fits(member.path)) extended.push(paxRecord('path', Buffer.from(member.path, 'latin1')));
  if (member.target !== undefined && !fits(member.target)) extended.push(paxRecord('linkpath', Buffer.from(member.target, 'latin1')));
  if (member.size >= 8 ** 11) extended.push(paxRecord('size', Buffer.from(String(member.size))));
  for (const [name, value] of [['uid', member.uid], ['gid', member.gid]] as const) if (value >= 8 ** 7) extended.push(paxRecord(name, Buffer.from(String(value))));
  if (member.mtime < 0) extended.push(paxRecord('mtime', Buffer.from(String(member.mtime))));
  for (const [name, value] of member.attributes ?? []) extended.push(paxRecord(`SCHILY.xattr.${name}`, value));
  const own = header(member, typeFlags[member.type]);
  if (extended.length === 0) return own;
  const body = Buffer.concat(extended);
  return Buffer.concat([header({ ...member, path: 'pax', target: '', mode: 0o644, size: body.length }, 'x'), body, tarPadding(body.length), own]);
}

/** Zero bytes that fill the last block of `size` bytes of content. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((512 - (size % 512)) % 512);
}

/** Two empty blocks end an archive. */
export const tarEnd = Buffer.alloc(1024);

function header(member: TarMember, type: string): Buffer {
  const block = Buffer.alloc(512);
  block.write(member.path.slice(0, 100), 0, 'latin1');
  block.write(octal(member.mode & 0o7777, 7), 100);
  block.write(octal(member.uid < 8 ** 7 ? member.uid : 0, 7), 108);
  block.write(octal(member.gid < 8 ** 7 ? member.gid : 0, 7), 116);
  block.write(octal(member.size < 8 ** 11 ? member.size : 0, 11), 124);
  block.write(octal(Math.max(0, member.mtime), 11), 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write((member.target ?? '').slice(0, 100), 157, 'latin1');
  block.write('ustar\x0000', 257);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = key.length + value.length + 3;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length += 1;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}
