import { HwlabError } from '../../base/hwlab-error.ts';
import { cassetteSchema, type Cassette, type CassetteEvent } from '../../wire/cassette/cassette.ts';
import type { CapturedDevice } from '../../wire/capture/captured-device.ts';
import { parseHidRecording } from '../../wire/hid-recording/parse-hid-recording.ts';
import { isPcap } from '../../wire/pcap/read-pcap.ts';
import { collectDevices } from '../../wire/usbmon/collect-devices.ts';
import { readUsbPackets } from '../../wire/usbmon/read-usbmon-packets.ts';
import { isUsbmonLine, readUsbmonText } from '../../wire/usbmon/read-usbmon-text.ts';
import type { UsbEvent } from '../../wire/usbmon/usb-event.ts';
import { usbmonTransfers } from '../../wire/usbmon/usbmon-transfers.ts';
import { reportsOfModel } from '../hid-touch/replay.ts';
import { detectKind } from '../import/detect-kind.ts';
import { importModel, type ImportWishes } from '../import/import-model.ts';
import type { CaptureInput } from '../import/read-capture.ts';
import { select } from '../import/select.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { NameScrubber } from './scrub.ts';

/**
 * A cassette of one device of a usbmon capture (pcap, pcapng or usbmon's text), or of a recording of hid-recorder. The serial number of the unit is replaced in all that was moved,
 * unless `keepSerial` is wished.
 * @throws HwlabError usage `capture-...`, `no-emulator`
 */
export async function captureToCassette(input: CaptureInput, wishes: ImportWishes = {}): Promise<{ readonly cassette: Cassette; readonly notes: readonly string[] }> {
  const { model, assumptions, unserved } = await importModel([input], wishes);
  if (detectKind(input.bytes) === 'hid-recording') return { cassette: ofHidRecording(input, model), notes: [...assumptions, 'a recording of hid-recorder has the reports only: what the driver asked when it was plugged in is answered from the descriptors'] };
  const device = select([...collectDevices(eventsOf(input))].map((each) => each.device), (each) => each, describe, (each) => each.class[0] === 9, input.select);
  const [bus = 0, number = 0] = (device.address ?? '').split(':').map(Number);
  const { events, cut, isochronous, start } = usbmonTransfers(eventsOf(input), bus, number);
  const from = device.strings.serial;
  const to = model.usb.strings.serial;
  const replacements = !wishes.keepSerial && from !== undefined && to !== undefined && from !== to ? [{ from, to }] : [];
  const scrubber = new NameScrubber(replacements);
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
      events: events.map((event) => scrubber.scrub(event)),
    },
    notes,
  };
}

/** What a HID device sent, as if it had been plugged in when the recording began. */
function ofHidRecording({ bytes, file }: CaptureInput, model: EmulatedModel): Cassette {
  const recording = parseHidRecording(Buffer.from(bytes).toString('utf8'));
  const endpoints = new Map(model.usb.configuration.interfaces.flatMap(({ number, alternates }) => (alternates[0]?.endpoints ?? []).filter(({ address, type }) => type === 'interrupt' && Number(address) >= 0x80).map(({ address }): [number, number] => [number, Number(address)])));
  const reports = reportsOfModel(model, recording).flatMap(({ interfaceNumber, time, bytes: data }): CassetteEvent[] => {
    const endpoint = endpoints.get(interfaceNumber);
    return endpoint === undefined ? [] : [{ t: time, from: 'device', kind: 'interrupt', endpoint, status: 'ok', data }];
  });
  reports.sort((a, b) => a.t - b.t);
  // The file of the recording itself is not there where the cassette is played.
  const { recording: _recording, ...behaviour } = model.behaviour;
  return {
    // hid-recorder keeps no date.
    head: { schema: cassetteSchema, origin: 'hid-recorder', recordedAt: new Date(0).toISOString(), model: { ...model, behaviour }, environment: { capture: file }, scrubbed: [] },
    events: [{ t: 0, from: 'suite', kind: 'plug' }, ...reports],
  };
}

function eventsOf({ bytes, file }: CaptureInput): Iterable<UsbEvent> {
  if (isPcap(bytes)) return readUsbPackets(bytes);
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.slice(0, 10_000).split('\n').some(isUsbmonLine)) throw new HwlabError({ code: 'capture-unknown', blame: 'usage', message: `${file}: a cassette is made of a usbmon capture (pcap, pcapng, or usbmon's text) or of a recording of hid-recorder`, advice: 'other captures give a model: ./hwlab model import' });
  return readUsbmonText(text);
}

function describe({ vendorId, productId, strings }: CapturedDevice): string {
  return `${vendorId.toString(16).padStart(4, '0')}:${productId.toString(16).padStart(4, '0')} ${strings.product ?? ''}`.trim();
}
