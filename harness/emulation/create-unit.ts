import { HwlabError } from '../base/hwlab-error.ts';
import type { EmulatedModel, EmulatedUnit } from './usb-device.ts';

/** Loads the code of a device class only when it is needed: a cell's process has one or two of them. */
const emulators: Readonly<Record<string, (model: EmulatedModel) => Promise<EmulatedUnit<unknown>>>> = {
  'usb-printer': async (model) => (await import('./usb-printer/usb-printer.ts')).createUsbPrinter(model),
  'ipp-usb-mfp': async (model) => (await import('./ipp-usb-mfp/ipp-usb-mfp.ts')).createIppUsbMfp(model),
  'hid-touch': async (model) => (await import('./hid-touch/hid-touch.ts')).createHidTouch(model),
  'usb-serial': async (model) => (await import('./usb-serial/usb-serial.ts')).createUsbSerial(model),
  'mass-storage': async (model) => (await import('./mass-storage/mass-storage.ts')).createMassStorage(model),
  'uvc-camera': async (model) => (await import('./uvc-camera/uvc-camera.ts')).createUvcCamera(model),
  microbit: async (model) => (await import('./microbit/microbit.ts')).createMicrobit(model),
  'lego-brick': async (model) => (await import('./lego-brick/lego-brick.ts')).createLegoBrick(model),
  'micropython-hub': async (model) => (await import('./micropython-hub/micropython-hub.ts')).createMicropythonHub(model),
  'arduino-leonardo': async (model) => (await import('./arduino-leonardo/arduino-leonardo.ts')).createArduinoLeonardo(model),
  'arduino-uno': async (model) => (await import('./arduino-uno/arduino-uno.ts')).createArduinoUno(model),
};

/** Names of the device classes that can be emulated. */
export const emulatorNames: readonly string[] = Object.keys(emulators);

/** @throws HwlabError usage `unknown-emulator` */
export async function createUnit(model: EmulatedModel): Promise<EmulatedUnit<unknown>> {
  const create = emulators[model.emulator];
  if (!create) {
    throw new HwlabError({ code: 'unknown-emulator', blame: 'usage', message: `model ${model.id} names the emulator "${model.emulator}"; known are: ${emulatorNames.join(', ')}` });
  }
  return await create(model);
}
