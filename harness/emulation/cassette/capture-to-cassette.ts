import { HwlabError } from '../../base/hwlab-error.ts';
import { cassetteSchema, type Cassette } from '../../wire/cassette/cassette.ts';
import type { CapturedDevice } from '../../wire/capture/captured-device.ts';
import { isPcap } from '../../wire/pcap/read-pcap.ts';
import { collectDevices } from '../../wire/usbmon/collect-devices.ts';
import { readUsbPackets } from '../../wire/usbmon/read-usbmon-packets.ts';
import { isUsbmonLine, readUsbmonText } from '../../wire/usbmon/read-usbmon-text.ts';
import type { UsbEvent } from '../../wire/usbmon/usb-event.ts';
import { usbmonTransfers } from '../../wire/usbmon/usbmon-transfers.ts';
import { importModel, type ImportWishes } from '../import/import-model.ts';
import type { CaptureInput } from '../import/read-capture.ts';
import { select } from '../import/select.ts';
import { scrubEvent } from './scrub.ts';

/**
 * A cassette of one device of a usbmon capture (pcap, pcapng or usbmon's text). The serial number of the unit is replaced in all that was moved,
 * unless `keepSerial` is wished.
 * @throws HwlabError usage `capture-...`, `no-emulator`
 */
export async function captureToCassette(input: CaptureInput, wishes: ImportWishes = {}): Promise<{ readonly cassette: Cassette; readonly notes: readonly string[] }> {
  const { model, assumptions, unserved } = await importModel([input], wishes);
  const device = select([...collectDevices(eventsOf(input))].map((each) => each.device), (each) => each, describe, (each) => each.class[0] === 9, input.select);
  const [bus = 0, number = 0] = (device.address ?? '').split(':').map(Number);
  const { events, cut, isochronous, start } = usbmonTransfers(eventsOf(input), bus, number);
  const from = device.strings.serial;
  const to = model.usb.strings.serial;
  const replacements = !wishes.keepSerial && from !== undefined && to !== undefined && from !== to ? [{ from, to }] : [];
  const notes = [
    ...assumptions,
    ...unserved.map((what) => `not served: ${what}`),
    ...(cut > 0 ? [`${cut} transfers are in the capture only with their first bytes: a replay of them proves nothing (capture with a longer limit)`] : []),
    ...(isochronous > 0 ? [`${isochronous} isochronous transfers are left out`] : []),
  ];
  return {
    cassette: {
      head: {
        schema: cassetteSchema,
        origin: 'usbmon',
        recordedAt: new Date(start).toISOString(),
        model: model as unknown as Cassette['head']['model'],
        environment: { capture: input.file, cutTransfers: String(cut) },
        scrubbed: replacements.length > 0 ? ['serial number'] : [],
      },
      events: events.map((event) => scrubEvent(event, replacements)),
    },
    notes,
  };
}

function eventsOf({ bytes, file }: CaptureInput): Iterable<UsbEvent> {
  if (isPcap(bytes)) return readUsbPackets(bytes);
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.slice(0, 10_000).split('\n').some(isUsbmonLine)) throw new HwlabError({ code: 'capture-unknown', blame: 'usage', message: `${file}: a cassette is made of a usbmon capture (pcap, pcapng, or usbmon's text)`, advice: 'other captures give a model: ./hwlab model import' });
  return readUsbmonText(text);
}

function describe({ vendorId, productId, strings }: CapturedDevice): string {
  return `${vendorId.toString(16).padStart(4, '0')}:${productId.toString(16).padStart(4, '0')} ${strings.product ?? ''}`.trim();
}
