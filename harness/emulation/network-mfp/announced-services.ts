import { attributesFromJson } from '../../wire/ipp/ipp-json.ts';
import { booleanOf, textOf, textsOf } from '../../wire/ipp/ipp-lookup.ts';
import { deviceIdField } from '../../wire/ieee1284/device-id.ts';
import type { EsclScannerBehaviour } from '../escl/escl-scanner-behaviour.ts';
import type { InputCapabilities } from '../../wire/escl/scanner-capabilities.ts';
import type { DnsSdService } from './network-device.ts';
import type { NetworkMfpBehaviour } from './network-mfp-behaviour.ts';

const ippPort = 631;
const httpPort = 80;

/**
 * What the device announces: `_ipp._tcp` with the keys of Bonjour Printing 1.2.1 and AirPrint's subtype, `_uscan._tcp` with those of eSCL 2.97 (3.1).
 * `uuid` is without `urn:uuid:`.
 */
export function announcedServices(behaviour: NetworkMfpBehaviour, uuid: string): readonly DnsSdService[] {
  const all = servicesOf(behaviour, uuid);
  const { without = [], txt = {} } = behaviour.announces ?? {};
  return all.filter(({ type }) => !without.some((name) => name === type)).map((service) => ({ ...service, txt: overwritten(service.txt, txt) }));
}

/** The ports behind all services, announced or not. */
export function listeningPorts(behaviour: NetworkMfpBehaviour): readonly number[] {
  return [...new Set(servicesOf(behaviour, '').map(({ port }) => port))].sort((a, b) => a - b);
}

function servicesOf(behaviour: NetworkMfpBehaviour, uuid: string): readonly DnsSdService[] {
  return [printService(behaviour, uuid), ...(behaviour.scanner ? [scanService(behaviour, behaviour.scanner, uuid)] : [])];
}

function printService(behaviour: NetworkMfpBehaviour, uuid: string): DnsSdService {
  const attributes = attributesFromJson(behaviour.printer.attributes);
  const deviceId = textOf(attributes, 'printer-device-id') ?? '';
  const model = textOf(attributes, 'printer-make-and-model') ?? behaviour.hostName;
  const urf = textsOf(attributes, 'urf-supported').join(',');
  return {
    type: '_ipp._tcp',
    subtypes: ['_print', ...(urf === '' ? [] : ['_universal'])],
    port: ippPort,
    txt: [
      'txtvers=1',
      'qtotal=1',
      'rp=ipp/print',
      `ty=${model}`,
      `product=(${model})`,
      `note=${textOf(attributes, 'printer-location') ?? ''}`,
      'priority=20',
      `adminurl=http://${behaviour.hostName}.local./`,
      `pdl=${textsOf(attributes, 'document-format-supported').join(',').slice(0, 240)}`,
      ...(urf === '' ? [] : [`URF=${urf}`]),
      `Color=${booleanOf(attributes, 'color-supported') === true ? 'T' : 'F'}`,
      `Duplex=${textsOf(attributes, 'sides-supported').length > 1 ? 'T' : 'F'}`,
      `usb_MFG=${deviceIdField(deviceId, 'MFG', 'MANUFACTURER') ?? ''}`,
      `usb_MDL=${deviceIdField(deviceId, 'MDL', 'MODEL') ?? ''}`,
      `UUID=${uuid}`,
    ],
  };
}

function scanService(behaviour: NetworkMfpBehaviour, { capabilities, root = '/eSCL' }: EsclScannerBehaviour, uuid: string): DnsSdService {
  const inputs = [capabilities.platen, capabilities.feeder?.simplex].filter((input): input is InputCapabilities => input !== undefined);
  const modes = new Set(inputs.flatMap(({ profiles }) => profiles.flatMap(({ colorModes }) => colorModes.map((mode) => (mode.startsWith('RGB') ? 'color' : mode.startsWith('Gray') ? 'grayscale' : 'binary')))));
  const formats = new Set(inputs.flatMap(({ profiles }) => profiles.flatMap((profile) => profile.formats)));
  return {
    type: '_uscan._tcp',
    subtypes: [],
    port: httpPort,
    txt: [
      'txtvers=1',
      `vers=${capabilities.version}`,
      `rs=${root.replace(/^\//, '')}`,
      `ty=${capabilities.makeAndModel}`,
      'note=',
      `adminurl=http://${behaviour.hostName}.local./`,
      `pdl=${[...formats].join(',')}`,
      `cs=${[...modes].join(',')}`,
      `is=${[...(capabilities.platen ? ['platen'] : []), ...(capabilities.feeder ? ['adf'] : [])].join(',')}`,
      `duplex=${capabilities.feeder?.duplex ? 'T' : 'F'}`,
      `UUID=${uuid}`,
    ],
  };
}

function overwritten(txt: readonly string[], changes: Readonly<Record<string, string | false>>): readonly string[] {
  const keyOf = (entry: string): string => entry.slice(0, entry.indexOf('='));
  const kept = txt.filter((entry) => !(keyOf(entry) in changes));
  return [...kept, ...Object.entries(changes).flatMap(([key, value]) => (value === false ? [] : [`${key}=${value}`]))];
}
