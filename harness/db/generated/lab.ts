// Generated from hardware-db/schemas/lab.schema.json by scripts/generate-types.ts; do not edit.

export type Id = string;
export type Host = string;
export type TcpPort = number;
export type User = string;
export type Path = string;
export type Serial = string;
/**
 * small letters, with colons
 */
export type Mac = string;
/**
 * number of an outlet, of a USB port or of a port of a switch: strip-1/3
 */
export type Place = string;
/**
 * how its power is switched
 */
export type LabPower = Power;
/**
 * how its next boot is chosen; pxe-order: its firmware always tries the network first
 */
export type LabBoot = Boot;
/**
 * where its serial console is
 */
export type LabConsole = Console;

/**
 * What stands in a lab and what hangs where: lab.yaml. Secrets stand in the environment or in files of mode 0600, never here.
 */
export interface LabFile {
  schema: 'hwlab/lab/1';
  name: string;
  /**
   * hosts that run hwlab and to which machines and units are wired
   *
   * @minItems 1
   * @maxItems 1000
   */
  stations: [LabStation, ...LabStation[]];
  /**
   * what an image boots on
   *
   * @maxItems 10000
   */
  machines: LabMachine[];
  /**
   * peripherals
   *
   * @maxItems 10000
   */
  units?: LabUnit[];
  /**
   * power strips whose outlets are named STRIP/NUMBER
   *
   * @maxItems 1000
   */
  strips?: LabStrip[];
  /**
   * USB hubs whose ports are named HUB/NUMBER; a hub that is not named here is a place like any other
   *
   * @maxItems 1000
   */
  hubs?: LabHub[];
  /**
   * network switches whose ports are named SWITCH/NUMBER
   *
   * @maxItems 1000
   */
  switches?: LabSwitch[];
}
export interface LabStation {
  id: Id;
  /**
   * its host name, as hostname(1) prints it on it
   */
  host: string;
  netboot?: LabNetboot;
  login?: LabLogin;
  note?: string;
}
/**
 * where its machines boot from the network
 */
export interface LabNetboot {
  interface: string;
  /**
   * of this station on that interface
   */
  address: string;
  netmask: string;
  /**
   * server: the network is the lab's alone and every machine has an address here. proxy: another server gives addresses
   */
  dhcp: 'server' | 'proxy';
  /**
   * of the boot server; any free one when left out
   */
  port?: number;
}
/**
 * how other stations log in to it, for the units that hang on it; a user who may open USB devices
 */
export interface LabLogin {
  host: Host;
  port?: TcpPort;
  user: User;
  keyFile: Path;
  knownHosts: Path;
}
export interface LabMachine {
  id: Id;
  /**
   * for people
   */
  name: string;
  kind: 'laptop' | 'all-in-one' | 'panel-computer' | 'desktop' | 'server';
  /**
   * its product in hardware-db/devices
   */
  model?: string;
  serial?: Serial;
  station: Id;
  firmware: 'bios' | 'uefi';
  /**
   * the first is what it boots from
   *
   * @minItems 1
   * @maxItems 32
   */
  network: [LabNetworkPort, ...LabNetworkPort[]];
  power?: LabPower;
  boot?: LabBoot;
  console?: LabConsole;
  outlet?: Place;
  /**
   * of this station, what its screen is plugged into and Linux shows as a camera: /dev/v4l/by-id/usb-...-video-index0
   */
  grabber?: string;
  /**
   * what an image is written to, /dev/nvme0n1; nothing is ever written where it is left out
   */
  disk?: string;
  /**
   * true for a thing that only pretends: its results are never evidence E4
   */
  simulator?: boolean;
  /**
   * @maxItems 30
   */
  tags?: string[];
  note?: string;
}
export interface LabNetworkPort {
  mac: Mac;
  port?: Place;
  address?: Host;
}
export interface Power {
  type: 'ipmi' | 'redfish' | 'amt' | 'pdudaemon' | 'wake-on-lan' | 'command';
}
export interface Boot {
  type: 'ipmi' | 'redfish' | 'pxe-order';
}
export interface Console {
  type: 'sol' | 'rfc2217' | 'tcp' | 'serial';
}
export interface LabUnit {
  id: Id;
  /**
   * its product in hardware-db/devices
   */
  model: string;
  /**
   * vendor and product, as lsusb prints them
   */
  usb?: string;
  serial?: Serial;
  port?: Place;
  /**
   * where it hangs on a station without a hub named here, as Linux names it: 1-1.4
   */
  path?: string;
  /**
   * with path
   */
  station?: string;
  /**
   * of one on the network
   */
  address?: string;
  outlet?: Place;
  /**
   * true for a thing that only pretends: its results are never evidence E4
   */
  simulator?: boolean;
  /**
   * @maxItems 30
   */
  tags?: string[];
  note?: string;
}
export interface LabStrip {
  id: Id;
  outlets: number;
  note?: string;
}
export interface LabHub {
  id: Id;
  ports: number;
  station?: Id;
  /**
   * where it hangs on a machine and not on a station
   */
  machine?: string;
  /**
   * where it hangs, as Linux names it: 1-1.4
   */
  path?: string;
  /**
   * whether it switches the power of each port (uhubctl)
   */
  switches?: boolean;
  outlet?: Place;
  note?: string;
}
export interface LabSwitch {
  id: Id;
  ports: number;
  outlet?: Place;
  note?: string;
}
