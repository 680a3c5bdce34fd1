import type { ScannerControls } from '../escl/scanner-controls.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, SetupPacket, UsbFunction, UsbInPipes, WireEvent } from '../usb-device.ts';
import { printerMeaning, printerRequest } from '../usb-printer/printer-requests.ts';
import { createUsbPrinter } from '../usb-printer/usb-printer.ts';
import { createDeviceServices } from './device-services.ts';
import { HttpOverUsb } from './http-over-usb.ts';
import { ippUsbMfpBehaviour, type HttpPersonality, type IppEncoding, type IppUsbMfpBehaviour, type PairPersonality } from './ipp-usb-mfp-behaviour.ts';
import type { PrinterControls } from './printer-controls.ts';
import { deviceIdOfUnit } from './unit-identity.ts';

export interface MfpControls {
  readonly printer: PrinterControls;
  /** undefined at run time where the model has no `behaviour.scanner`; suites for scanners run with models that have one. */
  readonly scanner: ScannerControls;
  /** Other manners than the model's until `reset`: quirks for one test. Some take hold at the next plug. */
  behave(changes: Pick<Partial<IppUsbMfpBehaviour>, 'http' | 'pairs'> & { readonly encoding?: IppEncoding }): void;
  /** Both halves as after power-on with the model's manners, but the printer's jobs stay for clients that ask about them. Done before each test. */
  reset(): void;
}

/** A multi-function device that speaks IPP and eSCL over USB (interface class 7/1/4), and raw printing in its 7/1/2 alternate setting. */
export function createIppUsbMfp(model: EmulatedModel): EmulatedUnit<MfpControls> {
  const own = ippUsbMfpBehaviour(model);
  const serial = model.usb.strings.serial ?? '';
  let manners = mannersOf(own);
  const services = createDeviceServices({
    modelId: model.id,
    serial,
    printer: own.printer,
    ...(own.scanner ? { scanner: own.scanner } : {}),
    http: () => manners.http,
    encoding: () => manners.encoding,
  });
  const scanner = services.scanner as ScannerControls;
  const raw = createUsbPrinter({
    ...model,
    behaviour: {
      deviceId: deviceIdOfUnit(own.deviceId, serial),
      ...(own.deviceIdExtra === undefined ? {} : { deviceIdExtra: own.deviceIdExtra }),
      ...(own.deviceIdAnswer ? { deviceIdAnswer: own.deviceIdAnswer } : {}),
    },
  });

  const createFunction = (pipes: UsbInPipes): UsbFunction => {
    const rawFunction = raw.createFunction(pipes);
    const overUsb = new HttpOverUsb(model.usb, pipes, services.listener, () => manners.pairs);
    services.powerOn();
    return {
      control: (setup: SetupPacket, data): ControlReply | Promise<ControlReply> | undefined => {
        if (printerRequest(setup) === 'softReset') overUsb.softReset(setup.index & 0xff);
        return rawFunction.control(setup, data);
      },
      out: (endpoint, data, signal) => (overUsb.owns(endpoint) ? overUsb.out(endpoint, data, signal) : rawFunction.out(endpoint, data, signal)),
      onReset: () => {
        overUsb.busReset();
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
        services.powerOff();
      },
    };
  };

  // Getters of `services.printer` must stay getters, so no spread.
  const printer: PrinterControls = Object.create(services.printer, { raw: { value: raw.controls, enumerable: true } }) as PrinterControls;
  const reset = (): void => {
    manners = mannersOf(own);
    services.printer.reset();
    raw.controls.reset();
    services.scanner?.reset();
  };
  const behave: MfpControls['behave'] = ({ http, pairs, encoding }) => {
    manners = { http: { ...manners.http, ...http }, pairs: { ...manners.pairs, ...pairs }, encoding: encoding ?? manners.encoding };
  };
  return { model, createFunction, controls: { printer, scanner, behave, reset }, decode: mfpMeaning };
}

function mannersOf({ http, pairs, printer }: IppUsbMfpBehaviour): { readonly http: HttpPersonality; readonly pairs: PairPersonality; readonly encoding: IppEncoding } {
  return { http: http ?? {}, pairs: pairs ?? {}, encoding: printer.encoding ?? 'right' };
}

/** Names class requests, and the first line of an HTTP message. */
function mfpMeaning(event: WireEvent, data: Uint8Array): string | undefined {
  if (event.kind !== 'bulk') return printerMeaning(event);
  const line = /^(?:(?:GET|POST|PUT|DELETE|HEAD|OPTIONS) [\x21-\x7e]{1,200} HTTP\/1\.[01]|HTTP\/1\.[01] \d{3}[\x20-\x7e]{0,60})/.exec(Buffer.from(data.subarray(0, 320)).toString('latin1'));
  return line?.[0];
}
