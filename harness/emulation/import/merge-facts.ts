import { captureError } from '../../wire/capture/capture-error.ts';
import type { CapturedFacts } from './captured-facts.ts';

type Single = 'device' | 'ipp' | 'scanner' | 'deviceId';

const saidTwice: Readonly<Record<Single, string>> = { device: 'USB descriptors', ipp: 'an IPP answer', scanner: 'scanner capabilities', deviceId: 'an IEEE 1284 device id' };

/**
 * Puts what several files say of one device together.
 * @throws HwlabError usage `capture-twice` when two files say the same thing, `capture-other-device` when their USB ids differ
 */
export function mergeFacts(parts: readonly CapturedFacts[]): CapturedFacts {
  const one = <K extends Single>(key: K): CapturedFacts[K] | undefined => {
    const having = parts.filter((part) => part[key] !== undefined);
    // A capture of transfers may hold the id; a file of its own wins.
    const first = having.length > 1 && key === 'deviceId' ? having.find((part) => part.device === undefined) : having[0];
    if (having.length > 1 && key !== 'deviceId') {
      throw captureError('capture-twice', `${having.map(fileOf).join(' and ')} both have ${saidTwice[key]}`, { offset: 0 }, 'give each fact once');
    }
    return first?.[key];
  };
  const [device, ipp, scanner, deviceId] = [one('device'), one('ipp'), one('scanner'), one('deviceId')];
  const named = parts.find(({ hidNames }) => hidNames !== undefined);
  const { vendorId, productId } = named?.hidNames ?? {};
  if (device && named && vendorId !== undefined && productId !== undefined && vendorId !== 0 && (vendorId !== device.vendorId || productId !== device.productId)) {
    const ids = (vendor: number, product: number): string => [vendor, product].map((id) => id.toString(16).padStart(4, '0')).join(':');
    throw captureError('capture-other-device', `${fileOf(named)} is of device ${ids(vendorId, productId)}, the USB descriptors are of ${ids(device.vendorId, device.productId)}`, { line: 1, pointer: '/vendorId' }, 'give files of one and the same device');
  }
  return {
    captures: parts.flatMap(({ captures }) => captures),
    ...(device ? { device } : {}),
    ...(named?.hidNames ? { hidNames: named.hidNames } : {}),
    hid: parts.flatMap(({ hid }) => hid),
    reports: parts.flatMap(({ reports }) => reports),
    byEndpoint: parts.some(({ byEndpoint, reports }) => byEndpoint && reports.length > 0),
    ...(ipp ? { ipp } : {}),
    ...(scanner ? { scanner } : {}),
    ...(deviceId ? { deviceId } : {}),
    notes: parts.flatMap(({ notes }) => notes),
  };
}

function fileOf({ captures }: CapturedFacts): string {
  return captures[0]?.file ?? 'a file';
}
