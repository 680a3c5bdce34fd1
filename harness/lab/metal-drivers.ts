import type { Deadline } from '../base/deadline.ts';
import { HwlabError } from '../base/hwlab-error.ts';
import { readSecret, type SecretReader, type SecretRef } from '../base/secret.ts';
import type { BootDevice } from '../capabilities/boot-device.ts';
import type { DisplayCapture } from '../capabilities/display-capture.ts';
import type { HubPower } from '../capabilities/hub-power.ts';
import type { MachineConsole } from '../capabilities/machine-console.ts';
import type { Patience } from '../capabilities/obeyed-power.ts';
import type { Power, PowerState } from '../capabilities/power.ts';
import { amtPower } from '../drivers/amt/amt-power.ts';
import { PxeOrder } from '../drivers/boot-device/pxe-order.ts';
import { RecordedConsole, type RecordingLimits } from '../drivers/console/recorded-console.ts';
import { Rfc2217Link } from '../drivers/console/rfc2217-link.ts';
import { SerialLink } from '../drivers/console/serial-link.ts';
import { TcpLink } from '../drivers/console/tcp-link.ts';
import { v4l2Capture } from '../drivers/display/v4l2-capture.ts';
import { UhubctlPower } from '../drivers/hub-power/uhubctl.ts';
import { IpmiBootDevice } from '../drivers/ipmi/ipmi-boot-device.ts';
import { ipmiPower } from '../drivers/ipmi/ipmi-power.ts';
import { SolLink } from '../drivers/ipmi/sol-link.ts';
import { commandPower, stateByCommand } from '../drivers/power/command-power.ts';
import { pdudaemonPower } from '../drivers/power/pdudaemon-power.ts';
import { wakeOnLanPower } from '../drivers/power/wake-on-lan-power.ts';
import { stateByPing } from '../drivers/power/state-by-ping.ts';
import { RedfishBootDevice } from '../drivers/redfish/redfish-boot-device.ts';
import type { RedfishAccess } from '../drivers/redfish/redfish-client.ts';
import { redfishPower } from '../drivers/redfish/redfish-power.ts';

/** How a machine's power is switched, as the lab file says it. */
export type PowerSpec =
  | IpmiSpec
  | RedfishSpec
  | { readonly type: 'amt'; readonly host: string; readonly port?: number; readonly tls?: TlsSpec; readonly user: string; readonly password: SecretRef }
  | { readonly type: 'pdudaemon'; readonly url: string; readonly hostname: string; readonly port: string; readonly state?: StateSpec }
  | { readonly type: 'wake-on-lan'; readonly mac: string; readonly broadcast?: string; readonly port?: number; readonly ssh: { readonly host: string; readonly port?: number; readonly user: string; readonly keyFile: string; readonly knownHosts: string }; readonly state?: StateSpec }
  | { readonly type: 'command'; readonly on: readonly string[]; readonly off: readonly string[]; readonly state: readonly string[] };

export interface IpmiSpec {
  readonly type: 'ipmi';
  readonly host: string;
  readonly port?: number;
  readonly user: string;
  readonly password: SecretRef;
  /** 3 by default; 17 for controllers that want SHA-256. */
  readonly cipher?: number;
  /** `not-kept` for a controller that reads back the boot device without its flags. */
  readonly bootFlags?: 'kept' | 'not-kept';
}

export interface RedfishSpec {
  readonly type: 'redfish';
  readonly url: string;
  readonly user: string;
  readonly password: SecretRef;
  /** Path of the system, for example `/redfish/v1/Systems/1`; the only one there is by default. */
  readonly system?: string;
  readonly tls?: TlsSpec;
  /** Allows http and with it a password that the network may read. */
  readonly plain?: boolean;
}

/** What makes a controller's certificate believed: its SHA-256 fingerprint, or the file of the authority that signed it. */
export type TlsSpec = { readonly fingerprint: string } | { readonly authority: string };

/**
 * How the state is read where what switches cannot tell: `power` is another of these (a BMC beside an outlet), `command` prints on, off or unknown,
 * `ping` knows only that something answers: silence is `unknown`, not `off`.
 */
export type StateSpec = { readonly by: 'power'; readonly spec: PowerSpec } | { readonly by: 'command'; readonly command: readonly string[] } | { readonly by: 'ping'; readonly host: string };

/** How a machine's next boot is chosen. `pxe-order`: its firmware always tries the network first, and the boot server answers or not. */
export type BootDeviceSpec = Extract<PowerSpec, { readonly type: 'ipmi' | 'redfish' }> | { readonly type: 'pxe-order'; readonly file: string };

/** Where a machine's serial console is. */
export type ConsoleSpec =
  | (Omit<IpmiSpec, 'type' | 'bootFlags'> & { readonly type: 'sol' })
  | { readonly type: 'rfc2217'; readonly host: string; readonly port: number; readonly baud?: number; readonly parity?: 'none' | 'even' | 'odd' }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'serial'; readonly device: string; readonly baud?: number; readonly parity?: 'none' | 'even' | 'odd' };

/** What the driver of a machine's power may be told beside the lab file. */
export interface DriverOptions {
  readonly secrets?: SecretReader;
  readonly patience?: Patience;
}

/** The power that a lab file describes. Nothing is sent; secrets are read now. @throws HwlabError usage `secret-missing`, `secret-too-open`, `lab-file` */
export async function createPower(spec: PowerSpec, options: DriverOptions = {}): Promise<Power> {
  const secrets = options.secrets ?? readSecret;
  const { patience } = options;
  switch (spec.type) {
    case 'ipmi':
      return ipmiPower({ ...spec, password: await secrets(spec.password) }, patience);
    case 'pdudaemon':
      return pdudaemonPower(spec, await stateReader(spec.state, options), patience);
    case 'command':
      return commandPower(spec, patience);
    case 'redfish':
      return redfishPower(await redfishAccess(spec, secrets), patience);
    case 'amt': {
      const { tls, ...rest } = spec;
      return amtPower({ ...rest, password: await secrets(spec.password), ...(tls === undefined ? {} : { trust: tls }) }, patience);
    }
    case 'wake-on-lan':
      return wakeOnLanPower(spec, await stateReader(spec.state ?? { by: 'ping', host: spec.ssh.host }, options), patience);
    default:
      throw unknownType('power', spec);
  }
}

/** What reads the state where the switch itself cannot; without a way it is always unknown. */
async function stateReader(spec: StateSpec | undefined, options: DriverOptions): Promise<(deadline: Deadline) => Promise<PowerState>> {
  switch (spec?.by) {
    case undefined:
      return async () => Promise.resolve('unknown' as const);
    case 'power': {
      const other = await createPower(spec.spec, options);
      return async (deadline) => other.state(deadline);
    }
    case 'command':
      return async (deadline) => stateByCommand(spec.command, deadline);
    case 'ping':
      return async (deadline) => stateByPing(spec.host, deadline);
  }
}

/** The choice of the next boot that a lab file describes. */
export async function createBootDevice(spec: BootDeviceSpec, options: DriverOptions = {}): Promise<BootDevice> {
  const secrets = options.secrets ?? readSecret;
  switch (spec.type) {
    case 'ipmi':
      return new IpmiBootDevice({ ...spec, password: await secrets(spec.password) });
    case 'redfish':
      return new RedfishBootDevice(await redfishAccess(spec, secrets));
    case 'pxe-order':
      return new PxeOrder(spec.file);
    default:
      // The type holds for code; a lab file may say anything.
      throw unknownType('next boot', spec);
  }
}

/** The serial console that a lab file describes; to be started before the machine is switched on. */
export async function createConsole(spec: ConsoleSpec, options: DriverOptions & { readonly limits?: RecordingLimits } = {}): Promise<MachineConsole> {
  const secrets = options.secrets ?? readSecret;
  switch (spec.type) {
    case 'sol':
      return new RecordedConsole(new SolLink({ ...spec, password: await secrets(spec.password) }), options.limits);
    case 'rfc2217':
      return new RecordedConsole(new Rfc2217Link(spec.host, spec.port, spec), options.limits);
    case 'tcp':
      return new RecordedConsole(new TcpLink(spec.host, spec.port), options.limits);
    case 'serial':
      return new RecordedConsole(new SerialLink(spec.device, spec), options.limits);
    default:
      throw unknownType('console', spec);
  }
}

async function redfishAccess(spec: RedfishSpec, secrets: SecretReader): Promise<RedfishAccess> {
  const { tls, ...rest } = spec;
  return { ...rest, password: await secrets(spec.password), ...(tls === undefined ? {} : { trust: tls }) };
}

/** Switching USB ports of this host's hubs. */
export function createHubPower(): HubPower {
  return new UhubctlPower();
}

/** What a grabber at this host sees; undefined where there is none, or no ffmpeg. */
export async function createDisplayCapture(device: string): Promise<DisplayCapture | undefined> {
  return v4l2Capture(device);
}

function unknownType(what: string, spec: never): HwlabError {
  return new HwlabError({ code: 'lab-file', blame: 'usage', message: `there is no ${what} of the type ${JSON.stringify((spec as { readonly type?: unknown }).type)}`, advice: 'docs/metal-drivers.md lists them' });
}
