import { foomaticImporter } from './import-foomatic.ts';
import { hwProbeImporter } from './import-hw-probe.ts';
import { inventoryImporter } from './import-inventory.ts';
import { ippUsbImporter } from './import-ipp-usb.ts';
import { kcidbImporter } from './import-kcidb.ts';
import { libwacomImporter } from './import-libwacom.ts';
import { lsusbImporter } from './import-lsusb.ts';
import { saneDescImporter } from './import-sane-desc.ts';
import { saneHwdbImporter } from './import-sane-hwdb.ts';
import { usbIdsImporter } from './import-usb-ids.ts';
import type { Importer } from './importer.ts';

/** Every kind of list that can be imported, in the order of the help. */
export const importers: readonly Importer[] = [
  usbIdsImporter,
  saneHwdbImporter,
  saneDescImporter,
  foomaticImporter,
  libwacomImporter,
  ippUsbImporter,
  hwProbeImporter,
  lsusbImporter,
  inventoryImporter,
  kcidbImporter,
];
