import { refusal, saveAsXlsx } from './refuse-list.ts';

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1251';

/**
 * The text of a file: by its byte order mark, else UTF-16 where every second byte of the beginning is zero, else UTF-8, and if it is
 * not that, windows-1251, which old programs here write.
 * @throws HwlabError `list-not-readable` for what is no text
 */
export function decodeText(bytes: Uint8Array): { readonly text: string; readonly encoding: TextEncoding } {
  const encoding = marked(bytes) ?? unmarkedUtf16(bytes);
  if (encoding !== undefined) return checked(new TextDecoder(encoding).decode(bytes), encoding);
  try {
    return checked(new TextDecoder('utf-8', { fatal: true }).decode(bytes), 'utf-8');
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return checked(new TextDecoder('windows-1251').decode(bytes), 'windows-1251');
  }
}

function marked(bytes: Uint8Array): TextEncoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

/** Separators, digits and line feeds have a zero byte in UTF-16; in any other text there is none. */
function unmarkedUtf16(bytes: Uint8Array): TextEncoding | undefined {
  const start = bytes.subarray(0, 4096);
  const even = start.filter((byte, index) => byte === 0 && index % 2 === 0).length;
  const odd = start.filter((byte, index) => byte === 0 && index % 2 === 1).length;
  if (even === 0 && odd * 20 > start.length) return 'utf-16le';
  if (odd === 0 && even * 20 > start.length) return 'utf-16be';
  return undefined;
}

function checked(text: string, encoding: TextEncoding): { readonly text: string; readonly encoding: TextEncoding } {
  if (text.includes('\0')) throw refusal('list-not-readable', ['the file is neither a spreadsheet nor text: it holds zero bytes', 'это не таблица и не текст: в файле есть нулевые байты'], saveAsXlsx);
  return { text, encoding };
}
