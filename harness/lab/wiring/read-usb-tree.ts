import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';

/** A USB device of a station. */
export interface SeenUsb {
  /** Where it hangs, as Linux names it: bus, then ports from the root: `1-1.4`. */
  readonly path: string;
  /** `1a86:7523` */
  readonly id: string;
  readonly serial?: string;
  /** Maker and product as the device says them, control characters made visible. */
  readonly text: string;
  readonly isHub: boolean;
}

const longestText = 126;
/** More than a bus of 127 devices on each of some dozens of controllers can have. */
const mostDevices = 5000;

/** The devices of this host, root hubs left out, in the order of their places. @throws HwlabError lab `no-usb-tree` */
export async function readUsbTree(root = '/sys/bus/usb/devices'): Promise<readonly SeenUsb[]> {
  const entries = await readdir(root).catch((error: unknown) => {
    throw new HwlabError({ code: 'no-usb-tree', blame: 'lab', message: `${root} cannot be read: ${messageOf(error)}`, advice: 'run this on the station itself; in a container /sys must be there', cause: error });
  });
  const paths = entries.filter((name) => /^\d{1,3}-\d{1,3}(\.\d{1,3}){0,6}$/.test(name)).sort((one, other) => one.localeCompare(other, 'en', { numeric: true })).slice(0, mostDevices);
  const devices = await Promise.all(
    paths.map(async (path): Promise<SeenUsb | undefined> => {
      const read = async (name: string): Promise<string> => shown(await readFile(join(root, path, name), 'utf8').catch(() => ''));
      const [vendor, product, serial, maker, name, code] = await Promise.all(['idVendor', 'idProduct', 'serial', 'manufacturer', 'product', 'bDeviceClass'].map(read));
      // It was unplugged while it was read.
      if (!/^[0-9a-f]{4}$/.test(vendor ?? '') || !/^[0-9a-f]{4}$/.test(product ?? '')) return undefined;
      return { path, id: `${vendor}:${product}`, ...(serial === '' || serial === undefined ? {} : { serial }), text: [maker, name].filter((word) => word !== '').join(' '), isHub: code === '09' };
    }),
  );
  return devices.filter((device) => device !== undefined);
}

function shown(text: string): string {
  // eslint-disable-next-line no-control-regex -- a device may say anything
  return text.replace(/\n$/, '').replace(/[\u0000-\u001f\u007f-\u009f]/g, '?').slice(0, longestText).trim();
}
