import type { EsclScannerBehaviour } from '../escl/escl-scanner-behaviour.ts';
import type { HttpPersonality, IppPrinterBehaviour } from '../ipp-usb-mfp/ipp-usb-mfp-behaviour.ts';
import type { EmulatedModel } from '../usb-device.ts';

/** `behaviour` of a model with the emulator `network-mfp`; its schema is hardware-db/schemas/emulators/network-mfp.schema.json. */
export interface NetworkMfpBehaviour {
  /** Without `.local`; two units of a model differ in their serial number's end. */
  readonly hostName: string;
  readonly serial: string;
  /** Id of the model whose printer and scanner these are; the catalogue puts them in. */
  readonly networkSideOf?: string;
  readonly printer: IppPrinterBehaviour;
  /** Undefined: it only prints. */
  readonly scanner?: EsclScannerBehaviour;
  readonly http?: HttpPersonality;
  readonly announces?: NetworkAnnouncement;
}

/** How it is announced; rightly by default. */
export interface NetworkAnnouncement {
  /** The instance name; the make and model by default. */
  readonly serviceName?: string;
  /** Services that are not announced though they are there. */
  readonly without?: readonly ('_ipp._tcp' | '_uscan._tcp')[];
  /** TXT keys with other values, or without one (false), for all services: `{ "UUID": false }`. */
  readonly txt?: Readonly<Record<string, string | false>>;
}

export function networkMfpBehaviour(model: EmulatedModel): NetworkMfpBehaviour {
  return model.behaviour as unknown as NetworkMfpBehaviour;
}
