import { HwlabError } from '../base/hwlab-error.ts';
import type { NetworkDevice } from './network-mfp/network-device.ts';
import type { EmulatedModel } from './usb-device.ts';

const emulators: Readonly<Record<string, (model: EmulatedModel) => Promise<NetworkDevice<unknown>>>> = {
  'network-mfp': async (model) => (await import('./network-mfp/network-mfp.ts')).createNetworkMfp(model),
};

/** True for a device class that is on the network and not on USB. */
export function isOnNetwork(emulator: string): boolean {
  return emulator in emulators;
}

/** @throws HwlabError usage `unknown-emulator` */
export async function createNetworkDevice(model: EmulatedModel): Promise<NetworkDevice<unknown>> {
  const create = emulators[model.emulator];
  if (!create) {
    throw new HwlabError({ code: 'unknown-emulator', blame: 'usage', message: `model ${model.id} names the emulator "${model.emulator}", which is none on the network; known are: ${Object.keys(emulators).join(', ')}` });
  }
  return await create(model);
}
