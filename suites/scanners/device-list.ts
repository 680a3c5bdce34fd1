import { expect } from '../../harness/index.ts';
import type { ScannerCell } from './scanner-cell.ts';

/** One line of `scanimage -L`. */
export interface ListedDevice {
  readonly name: string;
  readonly vendor: string;
  readonly model: string;
}

const list = "scanimage -f '%d%n%v%n%m%n%n' </dev/null";
const asked = new WeakMap<object, Promise<readonly ListedDevice[]>>();

/** What `scanimage -L` lists, waited for until our scanner is there. It asks every backend, which takes long, so it is asked once a cell. */
export async function listedDevices(cell: ScannerCell): Promise<readonly ListedDevice[]> {
  const answer = asked.get(cell.unit.controls) ?? listUntilThere(cell);
  asked.set(cell.unit.controls, answer);
  return await answer;
}

async function listUntilThere(cell: ScannerCell): Promise<readonly ListedDevice[]> {
  const look = async (): Promise<{ value: readonly ListedDevice[] } | { saw: string }> => {
    const { stdout } = await cell.guest.run(list);
    const devices = parse(stdout);
    return devices.some((device) => isOurs(cell, device)) ? { value: devices } : { saw: devices.map((device) => device.name).join(', ') || 'no device' };
  };
  return await cell.waitFor(`scanimage -L lists ${cell.unit.model.name}`, look, 10);
}

/** What one listing by sane-airscan and SANE's own eSCL backend alone gives: these two find driverless scanners, and it takes two seconds. */
export async function listedByEsclDrivers(cell: ScannerCell): Promise<readonly ListedDevice[]> {
  const { stdout } = await cell.guest.run(`mkdir -p /tmp/hwlab-sane && printf 'escl\nairscan\n' > /tmp/hwlab-sane/dll.conf && SANE_CONFIG_DIR=/tmp/hwlab-sane: ${list}`);
  return parse(stdout);
}

/** Does this entry mean the scanner under test? Its model's name is in it, or it points at ipp-usb's address. */
export function isOurs(cell: ScannerCell, device: ListedDevice): boolean {
  const model = cell.unit.controls.scanner.capabilities.makeAndModel;
  const words = `${device.name} ${device.vendor} ${device.model}`;
  return words.includes(model) || model.split(' ').every((word) => words.includes(word));
}

/** The name under which sane-airscan lists the scanner; that is the backend which is meant for it. */
export function airscanName(cell: ScannerCell, listed: readonly ListedDevice[]): string {
  const device = listed.find((each) => each.name.startsWith('airscan:') && isOurs(cell, each));
  expect(device, `an airscan device among: ${listed.map((each) => each.name).join(', ')}`).to.not.equal(undefined);
  return device!.name;
}

function parse(text: string): ListedDevice[] {
  return text.split('\n\n').flatMap((block) => {
    const [name, vendor, model] = block.trim().split('\n');
    return name === undefined || name === '' ? [] : [{ name, vendor: vendor ?? '', model: model ?? '' }];
  });
}
