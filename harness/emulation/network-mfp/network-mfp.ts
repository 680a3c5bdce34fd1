import type { ScannerControls } from '../escl/scanner-controls.ts';
import { createDeviceServices } from '../ipp-usb-mfp/device-services.ts';
import type { HttpPersonality, IppEncoding } from '../ipp-usb-mfp/ipp-usb-mfp-behaviour.ts';
import type { PrinterControls } from '../ipp-usb-mfp/printer-controls.ts';
import type { EmulatedModel } from '../usb-device.ts';
import { announcedServices, listeningPorts } from './announced-services.ts';
import type { NetworkDevice, NetworkIdentity } from './network-device.ts';
import { networkMfpBehaviour } from './network-mfp-behaviour.ts';

/** What a suite can see of and do to a printer or multi-function device on the network. */
export interface NetworkMfpControls {
  readonly printer: Omit<PrinterControls, 'raw'>;
  /** Undefined where the model has no scanner. */
  readonly scanner: ScannerControls | undefined;
  readonly network: NetworkIdentity & { readonly uuid: string };
  /** Other manners than the model's until `reset`. */
  behave(changes: { readonly http?: HttpPersonality; readonly encoding?: IppEncoding }): void;
  /** As after power-on with the model's manners, but the printer's jobs stay. Done before each test. */
  reset(): void;
}

/** A printer or multi-function device on the network: the IPP and eSCL services of `ipp-usb-mfp` without the USB part, and DNS-SD. */
export function createNetworkMfp(model: EmulatedModel): NetworkDevice<NetworkMfpControls> {
  const behaviour = networkMfpBehaviour(model);
  let http = behaviour.http ?? {};
  let encoding = behaviour.printer.encoding ?? 'right';
  const services = createDeviceServices({
    modelId: behaviour.networkSideOf ?? model.id,
    serial: behaviour.serial,
    printer: behaviour.printer,
    ...(behaviour.scanner ? { scanner: behaviour.scanner } : {}),
    http: () => http,
    encoding: () => encoding,
  });
  const uuid = services.uuid.replace(/^urn:uuid:/, '');
  const makeAndModel = behaviour.printer.attributes['printer-dns-sd-name']?.['nameWithoutLanguage'];
  const identity: NetworkIdentity = {
    hostName: behaviour.hostName,
    serviceName: behaviour.announces?.serviceName ?? (Array.isArray(makeAndModel) ? String(makeAndModel[0]) : model.name),
    services: announcedServices(behaviour, uuid),
    ports: listeningPorts(behaviour),
  };
  return {
    model,
    identity,
    listener: services.listener,
    controls: {
      printer: services.printer,
      scanner: services.scanner,
      network: { ...identity, uuid },
      behave: (changes) => {
        http = { ...http, ...changes.http };
        encoding = changes.encoding ?? encoding;
      },
      reset: () => {
        http = behaviour.http ?? {};
        encoding = behaviour.printer.encoding ?? 'right';
        services.printer.reset();
        services.scanner?.reset();
      },
    },
    powerOn: () => services.powerOn(),
    powerOff: () => services.powerOff(),
  };
}
