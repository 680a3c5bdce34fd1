/** What stands in the machine-readable code of an answer sheet. */
export interface SheetCode {
  /** Letters and digits. */
  readonly exam: string;
  readonly student: number;
  readonly page: number;
  readonly pages: number;
}

/** `M26A-00042-01/02-3F7C`: exam, student, page of pages, and a CRC over that, since a checksum of one symbol lets one in a hundred errors pass. */
export function sheetCodeText({ exam, student, page, pages }: SheetCode): string {
  const body = `${exam}-${String(student).padStart(5, '0')}-${two(page)}/${two(pages)}`;
  return `${body}-${crc16(body)}`;
}

/** Undefined when the text is not of this form or its CRC is wrong. */
export function parseSheetCode(text: string): SheetCode | undefined {
  const [, body, exam, student, page, pages, crc] = /^(([A-Z0-9]{1,8})-(\d{5})-(\d\d)\/(\d\d))-([0-9A-F]{4})$/.exec(text) ?? [];
  if (body === undefined || exam === undefined || crc !== crc16(body)) return undefined;
  return { exam, student: Number(student), page: Number(page), pages: Number(pages) };
}

const two = (value: number): string => String(value).padStart(2, '0');

/** CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xffff), as four hexadecimal digits. */
function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text, 'latin1')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) crc = ((crc << 1) ^ ((crc & 0x8000) === 0 ? 0 : 0x1021)) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}
