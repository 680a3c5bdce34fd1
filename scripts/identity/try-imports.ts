/**
 * Tries every importer on what is installed, writes nothing, and prints what it found: a check on real lists, which the tests do not have.
 *
 *   node scripts/identity/try-imports.ts [--root DIR] [--sane-desc DIR]
 *
 * The lists are those of the Debian packages usb.ids, libsane1, foomatic-db, libwacom-common and ipp-usb below DIR (/ by default); .desc files are in the
 * source package of sane-backends only. What is not there is said to be missing.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { importFacts } from '../../harness/db/import/import-facts.ts';

const { values } = parseArgs({ options: { root: { type: 'string', default: '/' }, 'sane-desc': { type: 'string' } } });

const places: readonly (readonly [kind: string, places: readonly string[]])[] = [
  ['usb-ids', ['usr/share/misc/usb.ids', 'var/lib/usbutils/usb.ids', 'usr/share/hwdata/usb.ids']],
  ['sane-hwdb', ['usr/lib/udev/hwdb.d/20-sane.hwdb', 'lib/udev/hwdb.d/20-sane.hwdb']],
  ['foomatic', ['usr/share/foomatic/db/source/printer']],
  ['libwacom', ['usr/share/libwacom']],
  ['ipp-usb', ['usr/share/ipp-usb/quirks']],
];

const wanted = [...places.map(([kind, some]) => [kind, some.map((place) => join(values.root, place)).find((path) => existsSync(path))] as const), ['sane-desc', values['sane-desc']] as const];
for (const [kind, path] of wanted) {
  if (path === undefined) {
    process.stdout.write(`${kind.padEnd(10)} missing\n`);
    continue;
  }
  const began = performance.now();
  const { source, facts, claims, withUsb, withDeviceId, problems } = await importFacts({ kind, path, database: '/nonexistent', dryRun: true, now: new Date() });
  const says = Object.entries(claims).map(([word, count]) => `${count} ${word}`).join(', ');
  process.stdout.write(`${kind.padEnd(10)} ${String(facts).padStart(6)} facts of ${source.name} (${source.date}): ${says}; ${withUsb} with a USB id, ${withDeviceId} with a device id; ${problems} problems; ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
}
