import type { SecretRef } from '../base/secret.ts';

/** How a machine's power is switched, as the lab file says it. */
export type PowerSpec =
  | { readonly type: 'ipmi'; readonly host: string; readonly port?: number; readonly user: string; readonly password: SecretRef }
  | RedfishSpec
  | { readonly type: 'amt'; readonly host: string; readonly port?: number; readonly tls?: TlsSpec; readonly user: string; readonly password: SecretRef }
  | { readonly type: 'pdudaemon'; readonly url: string; readonly hostname: string; readonly port: string; readonly state?: StateSpec }
  | { readonly type: 'wake-on-lan'; readonly mac: string; readonly broadcast?: string; readonly ssh: { readonly host: string; readonly port?: number; readonly user: string; readonly keyFile: string; readonly knownHosts: string }; readonly state?: StateSpec }
  | { readonly type: 'command'; readonly on: readonly string[]; readonly off: readonly string[]; readonly state: readonly string[] };

export interface RedfishSpec {
  readonly type: 'redfish';
  readonly url: string;
  readonly user: string;
  readonly password: SecretRef;
  /** Path of the system, for example `/redfish/v1/Systems/1`; the only one there is by default. */
  readonly system?: string;
  readonly tls?: TlsSpec;
}

/** What makes a controller's certificate believed: its SHA-256 fingerprint, or the file of the authority that signed it. */
export type TlsSpec = { readonly fingerprint: string } | { readonly authority: string };

/**
 * How the state is read where what switches cannot tell: `power` is another of these (a BMC beside an outlet), `command` prints on, off or unknown,
 * `ping` knows only that something answers: silence is `unknown`, not `off`.
 */
export type StateSpec = { readonly by: 'power'; readonly spec: PowerSpec } | { readonly by: 'command'; readonly command: readonly string[] } | { readonly by: 'ping'; readonly host: string };

/** How a machine's next boot is chosen. `pxe-order`: its firmware always tries the network first, and the boot server answers or not. */
export type BootDeviceSpec = Extract<PowerSpec, { readonly type: 'ipmi' | 'redfish' | 'amt' }> | { readonly type: 'pxe-order'; readonly file: string };

/** Where a machine's serial console is. */
export type ConsoleSpec =
  | { readonly type: 'sol'; readonly host: string; readonly port?: number; readonly user: string; readonly password: SecretRef }
  | { readonly type: 'rfc2217'; readonly host: string; readonly port: number; readonly baud?: number; readonly parity?: 'none' | 'even' | 'odd' }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'serial'; readonly device: string; readonly baud?: number };
