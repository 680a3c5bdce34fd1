import { crc32 } from 'node:zlib';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { HwlabError, messageOf } from '../../../base/hwlab-error.ts';
import { refusal, saveAsXlsx, saveWithoutPassword, type Both } from '../refuse-list.ts';

/** What a workbook's archive may be at most. */
export const zipLimits = {
  entries: 2000,
  /** bytes that all entries say they have, pictures included */
  declared: 512 * 1024 * 1024,
  /** bytes that are really unpacked, of the parts that are read */
  unpacked: 40 * 1024 * 1024,
  /** What is over `freely` bytes may be at most this many times its packed size; sheets of a million equal rows reach 60. */
  ratio: 200,
  freely: 4 * 1024 * 1024,
} as const;

/** Some parts of an archive, unpacked on demand; nothing is written anywhere. */
export interface UnzippedParts {
  readonly names: ReadonlySet<string>;
  /** Bytes of a part; undefined if there is none of that name. @throws HwlabError `list-hostile` or `list-not-readable` */
  read(name: string): Promise<Uint8Array | undefined>;
}

/**
 * Opens an archive that nobody vouches for: names, sizes and ratios are checked before anything is unpacked, and what is unpacked is
 * counted, as sizes in an archive can lie.
 * @throws HwlabError `list-hostile` or `list-not-readable`, blame `usage`
 */
export async function unzipGuarded(bytes: Uint8Array): Promise<UnzippedParts> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zip = await orRefused(fromBufferPromise(buffer, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true, autoClose: false }));
  if (zip.entryCount > zipLimits.entries) throw hostile([`it has ${zip.entryCount} parts, at most ${zipLimits.entries} are read`, `в нём частей: ${zip.entryCount}, читается не больше ${zipLimits.entries}`]);
  const entries = await orRefused(checkedEntries(zip));
  const most = Math.min(zipLimits.unpacked, Math.max(zipLimits.freely, zipLimits.ratio * bytes.length));
  let unpacked = 0;
  return {
    names: new Set(entries.keys()),
    read: async (name) => {
      const entry = entries.get(name);
      if (entry === undefined) return undefined;
      const part = await orRefused(unpack(zip, entry, most - unpacked));
      unpacked += part.length;
      return part;
    },
  };
}

async function checkedEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  let declared = 0;
  // Names that leave the archive (absolute, "..", backslashes) are refused by yauzl itself.
  for await (const entry of zip.eachEntry()) {
    const { fileName, compressedSize, uncompressedSize } = entry;
    declared += uncompressedSize;
    if (entry.isEncrypted()) throw refusal('list-not-readable', ['the workbook has a password', 'книга защищена паролем'], saveWithoutPassword);
    if (entries.has(fileName)) throw hostile([`it has two parts with the name ${shown(fileName)}`, `в нём две части с именем ${shown(fileName)}`]);
    if (declared > zipLimits.declared) throw hostile([`its parts say they have more than ${megabytes(zipLimits.declared)}`, `его части заявляют больше ${zipLimits.declared / 1024 / 1024} МБ`]);
    if (uncompressedSize > zipLimits.freely && uncompressedSize > zipLimits.ratio * compressedSize) {
      const times = Math.round(uncompressedSize / Math.max(1, compressedSize));
      throw hostile([`${shown(fileName)} says it unpacks to ${times} times its size`, `${shown(fileName)} заявляет, что распакуется в ${times} раз больше`]);
    };
    entries.set(fileName, entry);
  }
  return entries;
}

async function unpack(zip: ZipFile, entry: Entry, most: number): Promise<Uint8Array> {
  if (entry.uncompressedSize > most) throw hostile(unpacksToMuch);
  const pieces: Buffer[] = [];
  let length = 0;
  const stream = await zip.openReadStreamPromise(entry);
  try {
    for await (const piece of stream as AsyncIterable<Buffer>) {
      length += piece.length;
      if (length > most) throw hostile(unpacksToMuch);
      pieces.push(piece);
    }
  } finally {
    stream.destroy();
  }
  const part = Buffer.concat(pieces);
  if (crc32(part) !== entry.crc32) throw refusal('list-not-readable', [`the file is damaged: the checksum of ${shown(entry.fileName)} is wrong`, `файл повреждён: неверна контрольная сумма ${shown(entry.fileName)}`], ['copy or download it again', 'скопируйте или скачайте его снова']);
  return part;
}

/** Errors of the library become refusals. */
async function orRefused<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof HwlabError) throw error;
    const message = messageOf(error);
    if (/absolute path|invalid relative path|invalid characters in fileName/.test(message)) throw hostile([`the name of a part leads out of it: ${shown(message)}`, 'имя одной из частей ведёт наружу'], error);
    if (/too many bytes|not enough bytes/.test(message)) throw hostile([`a part is not as long as it says: ${shown(message)}`, 'часть не той длины, какую заявляет'], error);
    throw refusal('list-not-readable', [`the file is damaged or no workbook: ${shown(message)}`, 'файл повреждён или это не книга'], [`copy it again, or ${saveAsXlsx[0]}`, `скопируйте его снова или ${saveAsXlsx[1]}`], {}, error);
  }
}

const unpacksToMuch: Both = ['its parts unpack to more than a list can have', 'его части распаковываются в больше, чем бывает в списке'];

/** @param what completes "the workbook is refused:" */
export function hostile([what, whatRu]: Both, cause?: unknown): HwlabError {
  return refusal('list-hostile', [`the workbook is refused: ${what}`, `файл отклонён: ${whatRu}`], [`no spreadsheet program writes that; ${saveAsXlsx[0]}`, `программы для таблиц так не пишут; ${saveAsXlsx[1]}`], {}, cause);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 120));
}

function megabytes(bytes: number): string {
  return `${bytes / 1024 / 1024} MB`;
}
