import type { Device } from '../generated/device.ts';
import { languagesOf, type Subject } from './ask.ts';
import { printerKey } from './printer-key.ts';

/** By what a device of the catalogue is looked up in an image: each USB id, each IEEE 1284 id, and for a printer without one its name. */
export function subjectsOfDevice(device: Device): readonly Subject[] {
  const usb = device.usb.map((id): Subject => ({ kind: 'usb', vendor: id.vendorId.slice(2).toUpperCase(), product: id.productId.slice(2).toUpperCase(), ...(id.interfaces ? { interfaces: id.interfaces } : {}) }));
  const printer = (maker: string, model: string, languages: readonly string[]): Subject => ({ kind: 'ieee1284', key: printerKey(maker, model), model: `${maker} ${model}`, languages });
  const ids = (device.ieee1284 ?? []).map((id) => printer(id.manufacturer, id.model, languagesOf(id.commandSet ?? '')));
  const byName = device.classes.includes('printer') && ids.length === 0 ? [printer(device.vendor, device.name, [])] : [];
  return [...usb, ...ids, ...byName];
}
