import type { RequestListener } from 'node:http';
import type { EmulatedModel } from '../usb-device.ts';

/** A DNS-SD service that the device announces (RFC 6763). */
export interface DnsSdService {
  /** `_ipp._tcp` */
  readonly type: string;
  /** `_universal`, `_print`: without `._sub`. */
  readonly subtypes: readonly string[];
  readonly port: number;
  /** `key=value` strings in order. */
  readonly txt: readonly string[];
}

/** What the device says of itself on the network. */
export interface NetworkIdentity {
  /** Without `.local`. */
  readonly hostName: string;
  /** The instance name that people see. */
  readonly serviceName: string;
  /** What is announced; a device may listen on more. */
  readonly services: readonly DnsSdService[];
  /** TCP ports that it listens on, each once, ascending. */
  readonly ports: readonly number[];
}

/** An emulated device on a network cable: its HTTP server, what it announces, and the controls of a suite. */
export interface NetworkDevice<Controls> {
  readonly model: EmulatedModel;
  readonly identity: NetworkIdentity;
  /** Every TCP port of the device leads here. */
  readonly listener: RequestListener;
  readonly controls: Controls;
  /** The cable is plugged in and the device boots; and it is pulled out. */
  powerOn(): void;
  powerOff(): void;
}
