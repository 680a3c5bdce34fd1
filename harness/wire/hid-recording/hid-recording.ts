import type { CapturePlace } from '../capture/capture-error.ts';

/** What hid-recorder keeps of HID devices: their report descriptors and the reports they sent, with their times. */
export interface HidRecording {
  readonly devices: readonly RecordedHidDevice[];
  /** In the order of their times. */
  readonly reports: readonly RecordedReport[];
  /** What was passed over, for people. */
  readonly notes: readonly string[];
}

export interface RecordedHidDevice {
  readonly place: CapturePlace;
  readonly name: string | undefined;
  /** The kernel's place of the device, `usb-0000:00:14.0-2/input1`: the interface number is behind `input`. */
  readonly physical: string | undefined;
  /** The kernel's bus number: 3 USB, 5 Bluetooth, 0x18 I2C. */
  readonly bus: number | undefined;
  readonly vendorId: number | undefined;
  readonly productId: number | undefined;
  readonly reportDescriptor: Uint8Array;
}

export interface RecordedReport {
  /** Index in `devices`. */
  readonly device: number;
  /** Microseconds since the recording began. */
  readonly time: number;
  /** Its id first, where the descriptor has ids. */
  readonly bytes: Uint8Array;
}

/** Reports that are kept of one recording; at 1000 a second that is more than three minutes. */
export const mostReports = 200_000;

/** The text form of hid-recorder (hid-tools), which hid-replay reads too. */
export function formatHidRecording({ devices, reports }: HidRecording, comments: readonly string[]): string {
  const lines = comments.map((comment) => `# ${comment}`);
  devices.forEach((device, index) => {
    lines.push(`D: ${index}`, `R: ${device.reportDescriptor.length} ${hex(device.reportDescriptor)}`, `N: ${device.name ?? 'unknown'}`);
    if (device.physical !== undefined) lines.push(`P: ${device.physical}`);
    lines.push(`I: ${(device.bus ?? 3).toString(16)} ${word(device.vendorId ?? 0)} ${word(device.productId ?? 0)}`);
  });
  let current = devices.length - 1;
  for (const { device, time, bytes } of reports) {
    if (device !== current) lines.push(`D: ${device}`);
    current = device;
    lines.push(`E: ${String(Math.floor(time / 1e6)).padStart(6, '0')}.${String(time % 1e6).padStart(6, '0')} ${bytes.length} ${hex(bytes)}`);
  }
  return `${lines.join('\n')}\n`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').replace(/..(?=.)/g, '$& ');
}

function word(value: number): string {
  return value.toString(16).padStart(4, '0');
}
