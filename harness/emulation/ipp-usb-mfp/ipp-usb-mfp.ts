import { createEsclService } from '../escl/escl-service.ts';
import type { ScannerControls } from '../escl/scanner-controls.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, SetupPacket, UsbFunction, UsbInPipes, WireEvent } from '../usb-device.ts';
import { printerMeaning, printerRequest } from '../usb-printer/printer-requests.ts';
import { createUsbPrinter } from '../usb-printer/usb-printer.ts';
import { DeviceHttp } from './device-http.ts';
import { HttpOverUsb } from './http-over-usb.ts';
import { createIppService } from './ipp-service.ts';
import { ippUsbMfpBehaviour } from './ipp-usb-mfp-behaviour.ts';
import { unitUuid } from './printer-attributes.ts';
import type { PrinterControls } from './printer-controls.ts';

export interface MfpControls {
  readonly printer: PrinterControls;
  readonly scanner: ScannerControls;
  /** Both halves as after power-on, but the printer's jobs stay for clients that ask about them. Done before each test. */
  reset(): void;
}

/** A multi-function device that speaks IPP and eSCL over USB (interface class 7/1/4), and raw printing in its 7/1/2 alternate setting. */
export function createIppUsbMfp(model: EmulatedModel): EmulatedUnit<MfpControls> {
  const behaviour = ippUsbMfpBehaviour(model);
  const ipp = createIppService({
    behaviour: behaviour.printer,
    uuid: unitUuid(model.id, model.usb.strings.serial ?? ''),
    now: () => performance.now(),
  });
  const escl = createEsclService(behaviour.scanner);
  const raw = createUsbPrinter({
    ...model,
    behaviour: { deviceId: behaviour.deviceId, ...(behaviour.deviceIdAnswer ? { deviceIdAnswer: behaviour.deviceIdAnswer } : {}) },
  });
  const http = new DeviceHttp([ipp.handler, escl.handler], behaviour.http ?? {});

  const createFunction = (pipes: UsbInPipes): UsbFunction => {
    const rawFunction = raw.createFunction(pipes);
    const overUsb = new HttpOverUsb(model.usb, pipes, http.listener);
    http.powerOn();
    return {
      control: (setup: SetupPacket, data): ControlReply | Promise<ControlReply> | undefined => {
        if (printerRequest(setup) === 'softReset') overUsb.drop(setup.index & 0xff);
        return rawFunction.control(setup, data);
      },
      out: (endpoint, data, signal) => (overUsb.owns(endpoint) ? overUsb.out(endpoint, data, signal) : rawFunction.out(endpoint, data, signal)),
      onReset: () => {
        overUsb.dropAll();
        rawFunction.onReset?.();
      },
      onConfiguration: () => overUsb.dropAll(),
      onAlternate: (interfaceNumber, alternate) => {
        overUsb.setAlternate(interfaceNumber, alternate);
        rawFunction.onAlternate?.(interfaceNumber, alternate);
      },
      onUnplug: () => {
        overUsb.dropAll();
        rawFunction.onUnplug?.();
        ipp.reset();
        escl.reset();
      },
    };
  };

  // Getters of `ipp.controls` must stay getters, so no spread.
  const printer: PrinterControls = Object.create(ipp.controls, { raw: { value: raw.controls, enumerable: true } }) as PrinterControls;
  const reset = (): void => {
    ipp.controls.reset();
    raw.controls.reset();
    escl.controls.reset();
  };
  return { model, createFunction, controls: { printer, scanner: escl.controls, reset }, decode: mfpMeaning };
}

/** Names class requests, and the first line of an HTTP message. */
function mfpMeaning(event: WireEvent, data: Uint8Array): string | undefined {
  if (event.kind !== 'bulk') return printerMeaning(event);
  const line = /^(?:(?:GET|POST|PUT|DELETE|HEAD|OPTIONS) [\x21-\x7e]{1,200} HTTP\/1\.[01]|HTTP\/1\.[01] \d{3}[\x20-\x7e]{0,60})/.exec(Buffer.from(data.subarray(0, 320)).toString('latin1'));
  return line?.[0];
}
