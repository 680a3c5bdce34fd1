import { gunzipSync } from 'node:zlib';
import type { Deadline } from '../../base/deadline.ts';
import type { ClassSupport, CoverageDriver } from '../../db/coverage/coverage-index.ts';
import { printerKey } from '../../db/coverage/printer-key.ts';
import type { FileTree } from '../disk/file-tree.ts';
import type { ClaimBook } from './claim-book.ts';
import { parseDrv } from './drv-files.ts';
import { bytesOf, filesBelow, filesIn, textOf } from './image-text.ts';
import { driverlessInterface, parseBlacklist } from './ipp-usb-files.ts';
import type { PackageOwners } from './package-owners.ts';
import { parseDriverList, parsePpd, type NamedPrinter } from './ppd-files.ts';
import { readPpdArchive } from './ppd-archive.ts';

const ppdFolders = ['/usr/share/ppd', '/usr/share/cups/model', '/usr/share/cups/ppdc', '/opt/share/ppd', '/usr/local/share/ppd'];
const mostPpd = 4 * 1024 ** 2;
const mostDrv = 8 * 1024 ** 2;
/** PPD files begin with their names; options follow. */
const ppdHead = 256 * 1024;

/**
 * Adds the printers that CUPS has a driver for: PPD files, driver information files, archives of PPDs and Gutenprint's list; and what
 * serves printers of any model.
 */
export async function readPrinterClaims(tree: FileTree, owners: PackageOwners, book: ClaimBook, deadline: Deadline): Promise<Omit<ClassSupport, 'airscan'>> {
  const filters = new Set(filesIn(tree, '/usr/lib/cups/filter').map((path) => path.slice(path.lastIndexOf('/') + 1)));
  const languages: Record<string, string> = {};
  const add = (source: string, printers: readonly NamedPrinter[]): void => {
    for (const { maker, model, nickName, filters: needed, languages: spoken } of printers) {
      const lacking = needed.find((filter) => !filter.startsWith('/') && filter !== '-' && !filters.has(filter));
      const driver: CoverageDriver = { kind: 'printer', name: nickName, file: source, package: owners.ownerOf(source), source, ...(lacking === undefined ? {} : { disabled: `its filter ${lacking} is missing in the image` }) };
      book.claim(driver, [`ieee1284:${printerKey(maker, model)}`]);
      if (driver.disabled === undefined) for (const language of genericLanguages(maker, model, spoken)) languages[language] ??= nickName;
    }
  };
  for (const path of ppdFolders.flatMap((folder) => filesBelow(tree, folder))) {
    deadline.check('reading printer drivers');
    if (/\.ppd(\.gz)?$/i.test(path)) add(path, parsePpd(ppdText(tree, path)));
  }
  for (const path of filesIn(tree, '/usr/share/cups/drv').filter((file) => file.endsWith('.drv'))) add(path, parseDrv(textOf(tree, path, mostDrv)));
  for (const path of filesIn(tree, '/usr/lib/cups/driver')) {
    deadline.check('reading printer drivers');
    const lines = await readPpdArchive(bytesOf(tree, path), deadline);
    if (lines) add(path, parseDriverList(lines));
  }
  const gutenprint = filesIn(tree, '/usr/lib/cups/driver').find((path) => /\/gutenprint\.[\d.]+$/.test(path));
  for (const path of gutenprint === undefined ? [] : filesBelow(tree, '/usr/share/gutenprint').filter((file) => file.endsWith('/printers.xml'))) add(path, parseGutenprint(textOf(tree, path)));
  return { languages, ...readClasses(tree, owners, book) };
}

function ppdText(tree: FileTree, path: string): string {
  const data = bytesOf(tree, path, mostPpd);
  if (data === undefined) return '';
  try {
    return (path.endsWith('.gz') ? gunzipSync(data, { maxOutputLength: mostPpd * 4 }) : data).subarray(0, ppdHead).toString('latin1');
  } catch {
    return '';
  }
}

/** Languages for which a driver stands that is for no single model. */
function genericLanguages(maker: string, model: string, spoken: readonly string[]): readonly string[] {
  if (/^generic$/i.test(maker)) {
    if (/ipp everywhere/i.test(model)) return ['PWGRASTER'];
    if (/pdf/i.test(model)) return ['PDF'];
    if (/postscript/i.test(model)) return ['POSTSCRIPT', 'PS'];
    if (/pcl ?(6|xl)/i.test(model)) return ['PCLXL'];
    if (/pcl/i.test(model)) return ['PCL', 'PCL5', 'PCL5E'];
    return spoken.filter((one) => one === 'TXT');
  }
  if (/^hp$/i.test(maker) && /laserjet series pcl 6$/i.test(model)) return ['PCLXL'];
  return /^hp$/i.test(maker) && /laserjet series pcl 4\/5$/i.test(model) ? ['PCL', 'PCL5', 'PCL5E'] : [];
}

/** Gutenprint's printers.xml: `<printer ... name="Canon BJC-30" manufacturer="Canon" deviceid="MFG:...">`. Lines are read as text, no entities are expanded. */
export function parseGutenprint(xml: string): readonly NamedPrinter[] {
  return [...xml.matchAll(/<printer\b([^>]{0,4000})>/g)].flatMap(([, attributes = '']) => {
    const value = (name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
    const [maker, name] = [value('manufacturer'), value('name')];
    return maker === '' || name === '' ? [] : [{ maker, model: name, languages: [], nickName: `${name} (Gutenprint)`, filters: [] }];
  });
}

function readClasses(tree: FileTree, owners: PackageOwners, book: ClaimBook): Omit<ClassSupport, 'airscan' | 'languages'> {
  const program = ['/usr/sbin/ipp-usb', '/usr/bin/ipp-usb'].find((path) => tree.sizeOf(path) !== undefined);
  const rule = ['/usr/lib/udev/rules.d', '/etc/udev/rules.d'].flatMap((folder) => filesIn(tree, folder)).find((path) => path.endsWith('ipp-usb.rules') && textOf(tree, path).includes('070104'));
  const works = program !== undefined && rule !== undefined;
  if (program !== undefined) book.claim({ kind: 'ipp-usb', name: 'ipp-usb', file: program, package: owners.ownerOf(program), source: rule ?? program, ...(rule === undefined ? { disabled: 'its udev rule is missing in the image' } : {}) }, [driverlessInterface]);
  const cups = owners.versionOf('cups-daemon') || owners.versionOf('cups');
  const everywhere = tree.sizeOf('/usr/sbin/cupsd') !== undefined;
  const backend = '/usr/lib/cups/backend/usb';
  return {
    ippUsb: works ? owners.ownerOf(program) || 'ipp-usb' : '',
    driverless: everywhere ? `cups ${cups}`.trim() : '',
    cupsUsb: tree.sizeOf(backend) === undefined ? '' : owners.ownerOf(backend) || 'cups',
    ippUsbBlacklist: ['/usr/share/ipp-usb/quirks', '/etc/ipp-usb/quirks'].flatMap((folder) => filesIn(tree, folder)).flatMap((path) => parseBlacklist(textOf(tree, path))),
  };
}
