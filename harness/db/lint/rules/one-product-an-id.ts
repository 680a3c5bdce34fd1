import { namesOf, plainName } from '../../identify-device.ts';
import { problemAt, valid } from '../lint-context.ts';
import type { LintProblem, LintRule } from '../lint-rule.ts';

export const oneProductAnId: LintRule = {
  name: 'one-product-an-id',
  scope: 'together',
  demands: 'a USB id and a name belong to one product, unless the id is marked as shared; a model has an id of its device',
  check: (context) => {
    const devices = valid(context, 'device');
    const problems: LintProblem[] = [];
    const byUsb = new Map<string, string>();
    const byName = new Map<string, string>();
    for (const file of devices) {
      for (const [index, { vendorId, productId, shared }] of file.value.usb.entries()) {
        const id = `${vendorId}:${productId}`;
        const other = byUsb.get(id);
        if (other !== undefined && shared === undefined) problems.push(problemAt(file, ['usb', index], `${id} is also the id of ${other}`, { advice: 'say in "shared" why, in both, or correct one' }));
        else if (shared === undefined) byUsb.set(id, file.name);
      }
      for (const name of new Set(namesOf(file.value).map(plainName))) {
        const other = byName.get(name);
        if (other !== undefined) problems.push(problemAt(file, ['name'], `the name "${name}" also means ${other}`, { severity: 'warning', advice: 'people who type it are asked which they mean' }));
        byName.set(name, file.name);
      }
    }
    for (const file of valid(context, 'emulated-model')) {
      const device = devices.find((each) => each.name === file.value.device);
      // A device on the network has no USB id.
      if (!file.value.usb) continue;
      const { vendorId, productId } = file.value.usb;
      if (device && !device.value.usb.some((id) => id.vendorId === vendorId && id.productId === productId)) {
        problems.push(problemAt(file, ['usb', 'productId'], `${vendorId}:${productId} is no USB id of device ${device.name}`, { advice: `add it to ${device.name}.json if the product has it` }));
      }
    }
    return problems;
  },
};
