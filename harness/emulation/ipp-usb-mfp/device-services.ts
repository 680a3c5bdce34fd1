import type { RequestListener } from 'node:http';
import { createEsclService } from '../escl/escl-service.ts';
import type { EsclScannerBehaviour } from '../escl/escl-scanner-behaviour.ts';
import type { ScannerControls } from '../escl/scanner-controls.ts';
import { DeviceHttp } from './device-http.ts';
import { createIppService } from './ipp-service.ts';
import type { HttpPersonality, IppPrinterBehaviour } from './ipp-usb-mfp-behaviour.ts';
import { unitUuid } from './printer-attributes.ts';
import type { PrinterControls } from './printer-controls.ts';
import { attributesOfUnit } from './unit-identity.ts';

export interface DeviceServicesOptions {
  readonly modelId: string;
  /** Of this unit: two units of one model differ in it, and in the UUID that is made from it. */
  readonly serial: string;
  readonly printer: IppPrinterBehaviour;
  readonly scanner?: EsclScannerBehaviour;
  readonly http: () => HttpPersonality;
  /** What a suite changes for one test. */
  readonly encoding?: () => IppPrinterBehaviour['encoding'];
}

/** The HTTP server of one unit, whatever cable it is on: IPP at /ipp/print, eSCL at /eSCL. */
export interface DeviceServices {
  readonly listener: RequestListener;
  /** `urn:uuid:...`, the same in IPP, eSCL and DNS-SD. */
  readonly uuid: string;
  readonly printer: Omit<PrinterControls, 'raw'>;
  /** Undefined where the model has no scanner. */
  readonly scanner: ScannerControls | undefined;
  powerOn(): void;
  powerOff(): void;
}

export function createDeviceServices(options: DeviceServicesOptions): DeviceServices {
  const uuid = unitUuid(options.modelId, options.serial);
  const ipp = createIppService({
    behaviour: { ...options.printer, attributes: attributesOfUnit(options.printer.attributes, options.serial) },
    uuid,
    now: () => performance.now(),
    ...(options.encoding ? { encoding: options.encoding } : {}),
  });
  const escl = options.scanner && createEsclService(scannerOfUnit(options.scanner, uuid, options.serial));
  const http = new DeviceHttp(escl ? [ipp.handler, escl.handler] : [ipp.handler], options.http);
  return {
    listener: http.listener,
    uuid,
    printer: ipp.controls,
    scanner: escl?.controls,
    powerOn: () => http.powerOn(),
    powerOff: () => {
      ipp.reset();
      escl?.reset();
    },
  };
}

/** A scanner says the serial number and the UUID of its unit. */
function scannerOfUnit(scanner: EsclScannerBehaviour, uuid: string, serial: string): EsclScannerBehaviour {
  const own = { uuid: uuid.replace(/^urn:uuid:/, ''), ...(serial === '' ? {} : { serialNumber: serial }) };
  return { ...scanner, capabilities: { ...scanner.capabilities, ...own } };
}
