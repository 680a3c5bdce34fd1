import { createHash } from 'node:crypto';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import { captureError } from '../../wire/capture/capture-error.ts';
import type { CapturedDevice } from '../../wire/capture/captured-device.ts';
import { readDescriptorFile } from '../../wire/capture/read-descriptors.ts';
import { parseScannerCapabilities } from '../../wire/escl/parse-scanner-capabilities.ts';
import type { HidRecording } from '../../wire/hid-recording/hid-recording.ts';
import { parseHidRecording } from '../../wire/hid-recording/parse-hid-recording.ts';
import { readDescriptorHex, readUsbhidDump } from '../../wire/hid/read-descriptor-text.ts';
import { parseReportDescriptor } from '../../wire/hid/parse-report-descriptor.ts';
import { deviceIdOfBytes, deviceIdsOfFoomatic, findDeviceIds, type FoundDeviceId } from '../../wire/ieee1284/find-device-ids.ts';
import { httpBody, isHttpAnswer } from '../../wire/ipp/http-answer.ts';
import type { IppAttribute } from '../../wire/ipp/ipp-message.ts';
import { ippOperationName, ippStatusName } from '../../wire/ipp/ipp-names.ts';
import { decodeIpp } from '../../wire/ipp/ipp-parser.ts';
import { parseIpptoolText } from '../../wire/ipp/ipptool-text.ts';
import { parseLsusb } from '../../wire/lsusb/parse-lsusb.ts';
import { collectDevices, type SeenDevice } from '../../wire/usbmon/collect-devices.ts';
import { readUsbPackets } from '../../wire/usbmon/read-usbmon-packets.ts';
import { readUsbmonText } from '../../wire/usbmon/read-usbmon-text.ts';
import type { CapturedFacts } from './captured-facts.ts';
import { captureKinds, detectKind, type CaptureKind } from './detect-kind.ts';
import { select } from './select.ts';

/** Longest files: a capture of transfers, and everything else. */
const longest = { pcap: 64 * 1024 * 1024, 'usbmon-text': 64 * 1024 * 1024, lsusb: 16 * 1024 * 1024, 'hid-recording': 64 * 1024 * 1024, 'usbhid-dump': 16 * 1024 * 1024 } as const;
const longestOther = 1024 * 1024;
export const longestCapture = 64 * 1024 * 1024;

export interface CaptureInput {
  /** Name of the file, for messages and `origin`. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly kind?: CaptureKind;
  /** `VID:PID`, or a number from 1, where the capture is of several devices. */
  readonly select?: string;
}

/**
 * Reads one file in whatever form it is.
 * @throws HwlabError usage, its facts with `file`, `kind` and where the file allows it `offset` or `line`
 */
export function readCapture(input: CaptureInput): CapturedFacts {
  const kind = input.kind ?? detectKind(input.bytes);
  if (!kind) {
    throw new HwlabError({ code: 'capture-unknown', blame: 'usage', message: `${input.file}: this is none of the forms that can be imported`, advice: `known are: ${Object.values(captureKinds).join('; ')}`, facts: { file: input.file, offset: 0 } });
  }
  const capture = { file: input.file, kind, sha256: createHash('sha256').update(input.bytes).digest('hex') };
  try {
    const most = kind in longest ? longest[kind as keyof typeof longest] : longestOther;
    if (input.bytes.length > most) throw captureError('capture-too-big', `${input.bytes.length} bytes; at most ${most} are read of this form`, { offset: most });
    return { captures: [capture], hid: [], reports: [], byEndpoint: false, notes: [], ...readKind(kind, input.bytes, input.select) };
  } catch (error) {
    throw inFile(error, input.file, kind);
  }
}

function readKind(kind: CaptureKind, bytes: Uint8Array, wanted: string | undefined): Partial<CapturedFacts> {
  const text = (): string => decodeText(bytes);
  switch (kind) {
    case 'lsusb':
      return { device: select(parseLsusb(text()), (device) => device, describeDevice, isHub, wanted) };
    case 'usb-descriptors':
      return { device: readDescriptorFile(bytes) };
    case 'pcap':
      return ofSeenDevice(collectDevices(readUsbPackets(bytes)), wanted);
    case 'usbmon-text':
      return ofSeenDevice(collectDevices(readUsbmonText(text())), wanted);
    case 'hid-descriptor':
      return { hid: [checkedDescriptor(bytes)] };
    case 'hid-descriptor-text':
      return { hid: [checkedDescriptor(readDescriptorHex(text()))] };
    case 'usbhid-dump':
      return ofRecording(readUsbhidDump(text()), wanted);
    case 'hid-recording':
      return ofRecording(parseHidRecording(text()), wanted);
    case 'ipp':
      return { ipp: ippAttributes(bytes) };
    case 'ipptool': {
      const { attributes, notes } = parseIpptoolText(text());
      return { ipp: attributes, notes };
    }
    case 'escl':
      return { scanner: parseScannerCapabilities(bytes) };
    case 'device-id': {
      // eslint-disable-next-line no-control-regex -- the two bytes of length
      const binary = /^[\x00-\x0f]/.test(Buffer.from(bytes.subarray(0, 1)).toString('latin1')) && bytes[0] === bytes.length >> 8;
      const ids: readonly FoundDeviceId[] = binary ? [deviceIdOfBytes(bytes)] : findDeviceIds(text());
      return { deviceId: select(ids, () => undefined, (id) => id.text, () => false, wanted) };
    }
    case 'foomatic': {
      const { make, model, ...id } = deviceIdsOfFoomatic(bytes);
      return { deviceId: { ...id, ...(make ? { make } : {}), ...(model ? { model } : {}) } };
    }
  }
}

function checkedDescriptor(reportDescriptor: Uint8Array): CapturedFacts['hid'][number] {
  parseReportDescriptor(reportDescriptor);
  return { interfaceNumber: undefined, reportDescriptor };
}

function ofSeenDevice(seen: readonly SeenDevice[], wanted: string | undefined): Partial<CapturedFacts> {
  const { device, reports } = select(seen, (each) => each.device, (each) => describeDevice(each.device), (each) => isHub(each.device), wanted);
  const [deviceId] = [...device.deviceIds.values()];
  return { device, reports, byEndpoint: true, ...(deviceId === undefined ? {} : { deviceId: { text: deviceId, whole: true } }) };
}

/** All interfaces of one device; a recording of several devices needs a choice. */
function ofRecording(recording: HidRecording, wanted: string | undefined): Partial<CapturedFacts> {
  const units = new Map<string, number[]>();
  recording.devices.forEach(({ vendorId, productId, physical }, index) => {
    const key = `${vendorId}:${productId}:${(physical ?? '').replace(/\/input\d+$/, '')}`;
    units.set(key, [...(units.get(key) ?? []), index]);
  });
  const groups = [...units.values()].map((indexes) => ({ indexes, first: recording.devices[indexes[0] ?? 0] }));
  const { indexes, first } = select(groups, (group) => ids(group.first), (group) => `${hexId(group.first)} ${group.first?.name ?? ''}`.trim(), () => false, wanted);
  const numbers = new Map(indexes.map((index, position) => [index, interfaceOf(recording.devices[index]?.physical) ?? position]));
  for (const index of indexes) {
    const device = recording.devices[index];
    if (device) parseReportDescriptor(device.reportDescriptor);
  }
  return {
    hid: indexes.flatMap((index) => {
      const device = recording.devices[index];
      return device ? [{ interfaceNumber: numbers.get(index), reportDescriptor: device.reportDescriptor }] : [];
    }),
    hidNames: { ...(first?.name ? { name: first.name } : {}), ...(first?.bus === undefined ? {} : { bus: first.bus }), ...(first?.vendorId === undefined ? {} : { vendorId: first.vendorId }), ...(first?.productId === undefined ? {} : { productId: first.productId }) },
    reports: recording.reports.flatMap((report) => (numbers.has(report.device) ? [{ ...report, device: numbers.get(report.device) ?? 0 }] : [])),
    notes: recording.notes,
  };
}

function interfaceOf(physical: string | undefined): number | undefined {
  const number = /\/input(\d{1,2})$/.exec(physical ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
}

function ids(device: { readonly vendorId: number | undefined; readonly productId: number | undefined } | undefined): Pick<CapturedDevice, 'vendorId' | 'productId'> | undefined {
  return device?.vendorId === undefined || device.productId === undefined ? undefined : { vendorId: device.vendorId, productId: device.productId };
}

function hexId(device: { readonly vendorId: number | undefined; readonly productId: number | undefined } | undefined): string {
  return [device?.vendorId ?? 0, device?.productId ?? 0].map((id) => id.toString(16).padStart(4, '0')).join(':');
}

function ippAttributes(bytes: Uint8Array): readonly IppAttribute[] {
  const { body, offset } = isHttpAnswer(bytes) ? httpBody(bytes) : { body: bytes, offset: 0 };
  const { message } = decodeIpp(body);
  const printer = message.groups.find(({ tag }) => tag === 'printer');
  if (!printer) {
    const what = message.code < 0x20 && message.groups.some(({ attributes }) => attributes.some(({ name }) => name === 'requested-attributes' || name === 'printer-uri')) ? `a request, ${ippOperationName(message.code)}` : `an answer with the status ${ippStatusName(message.code)}`;
    throw captureError('capture-contradicts', `the message has no printer attributes: it is ${what}`, { offset: offset + 8 }, 'save the answer to Get-Printer-Attributes with requested-attributes = all, media-col-database');
  }
  return printer.attributes;
}

function isHub(device: CapturedDevice): boolean {
  return device.class[0] === 9;
}

function describeDevice(device: CapturedDevice): string {
  return `${hexId(device)} ${[device.strings.manufacturer, device.strings.product].filter(Boolean).join(' ')}`.trim();
}

function decodeText(bytes: Uint8Array): string {
  // Old captures hold Latin-1 strings; a wrong letter in a name is better than no import.
  return new TextDecoder('utf-8').decode(bytes).replaceAll('\r\n', '\n');
}

/** The same error with the file's name; a device's fault is here a fault of the file. */
function inFile(error: unknown, file: string, kind: CaptureKind): unknown {
  if (!(error instanceof HwlabError)) return error;
  const line = /^Line: (\d+)/m.exec(messageOf(error.cause))?.[1];
  const place = error.facts['offset'] === undefined && error.facts['line'] === undefined ? (line === undefined ? { offset: 0 } : { line: Number(line) + 1 }) : {};
  return new HwlabError({ code: error.code, blame: 'usage', message: `${file} (${captureKinds[kind]}): ${error.message}`, ...(error.advice === undefined ? {} : { advice: error.advice }), facts: { ...error.facts, ...place, file, kind }, cause: error });
}
