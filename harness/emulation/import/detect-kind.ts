import { isHttpAnswer } from '../../wire/ipp/http-answer.ts';
import { isIpptoolText } from '../../wire/ipp/ipptool-text.ts';
import { isPcap } from '../../wire/pcap/read-pcap.ts';
import { isUsbmonLine } from '../../wire/usbmon/read-usbmon-text.ts';

/** The forms that `hwlab model import` reads. */
export const captureKinds = {
  lsusb: 'text of lsusb -v',
  'usb-descriptors': 'USB descriptors as bytes (/sys/bus/usb/devices/.../descriptors)',
  pcap: 'capture of USB transfers (pcap or pcapng of usbmon or USBPcap)',
  'usbmon-text': 'text of usbmon (/sys/kernel/debug/usb/usbmon/Nu)',
  'hid-descriptor': 'HID report descriptor as bytes',
  'hid-descriptor-text': 'HID report descriptor in hex',
  'usbhid-dump': 'text of usbhid-dump',
  'hid-recording': 'recording of hid-recorder',
  ipp: 'answer to IPP Get-Printer-Attributes',
  ipptool: 'text of ipptool -tv',
  escl: 'eSCL ScannerCapabilities',
  'device-id': 'IEEE 1284 device id',
  foomatic: 'printer entry of foomatic-db',
} as const;

export type CaptureKind = keyof typeof captureKinds;

const looked = 256 * 1024;

/** What the content looks like; undefined where it is none of the forms. Only the first 256 KiB are looked at. */
export function detectKind(bytes: Uint8Array): CaptureKind | undefined {
  if (bytes.length === 0) return undefined;
  if (isPcap(bytes)) return 'pcap';
  if (bytes.length >= 18 && bytes[0] === 18 && bytes[1] === 1) return 'usb-descriptors';
  if (isHttpAnswer(bytes)) return 'ipp';
  const head = bytes.subarray(0, looked);
  const text = Buffer.from(head).toString('utf8');
  // eslint-disable-next-line no-control-regex -- whether it is text at all
  if (!/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)) return textKind(text);
  if (bytes.length >= 9 && (bytes[0] === 1 || bytes[0] === 2) && (bytes[1] ?? 9) <= 2 && (bytes[8] ?? 0) <= 0x0a) return 'ipp';
  if (/^..\s*[A-Z][A-Z0-9 ]{0,20}:[^\0]*;/s.test(text) && bytes[0] === bytes.length >> 8) return 'device-id';
  return looksLikeReportDescriptor(bytes) ? 'hid-descriptor' : undefined;
}

function textKind(text: string): CaptureKind | undefined {
  const start = text.trimStart();
  if (start.startsWith('<')) {
    if (/<(?:\w+:)?ScannerCapabilities[\s>]/.test(text)) return 'escl';
    return /<printer[\s>]/.test(text) ? 'foomatic' : undefined;
  }
  if (/^[#> \t]{0,80}(Device|Configuration|Interface) Descriptor:/m.test(text)) return 'lsusb';
  if (/^\d{3}:\d{3}:\d{3}:(DESCRIPTOR|STREAM)\s/m.test(text)) return 'usbhid-dump';
  if (/^[> \t]{0,80}R: \d{1,6} [0-9a-f]{2}/im.test(text) || /^[> \t]{0,80}E: \d{1,9}\.\d{1,6} \d{1,6} [0-9a-f]{2}/im.test(text)) return 'hid-recording';
  if (start.split('\n', 20).some(isUsbmonLine)) return 'usbmon-text';
  if (isIpptoolText(text)) return 'ipptool';
  if (/\*1284DeviceID:|^[ \t]{0,80}device-id\b|(?:^|;)[ \t]{0,80}(?:MFG|MANUFACTURER|MDL|MODEL)[ \t]{0,8}:/im.test(text)) return 'device-id';
  return /(^|[\s,{[])(0x)?0?[56][\s,]+(0x)?[0-9a-f]{1,2}[\s,]/i.test(start.slice(0, 4096)) ? 'hid-descriptor-text' : undefined;
}

/** It begins with a usage page or a usage, as every report descriptor that was met does, and has the end of a collection at its end. */
function looksLikeReportDescriptor(bytes: Uint8Array): boolean {
  return bytes.length <= 8192 && [0x05, 0x06, 0x07, 0x09, 0x0a, 0x15].includes(bytes[0] ?? 0) && bytes.includes(0xa1);
}
