/** What kind of software in an image says that it handles a device. */
export type DriverKind = 'kernel' | 'scanner' | 'printer' | 'tablet' | 'ipp-usb' | 'mode-switch' | 'udev';

/** Firmware files that a kernel module asks for, by their names under /lib/firmware; may hold `*`. */
export interface WantedFirmware {
  readonly present: readonly string[];
  readonly missing: readonly string[];
}

/** A driver in the image: a kernel module, a SANE backend, a PPD file, ... */
export interface CoverageDriver {
  readonly kind: DriverKind;
  /** `usblp`, `genesys`, `HP LaserJet 1020`. */
  readonly name: string;
  /** Absolute path in the image; empty for what is built into the kernel. */
  readonly file: string;
  /** The package whose list of files names it; empty when none does. */
  readonly package: string;
  /** The file in the image that makes the claims. */
  readonly source: string;
  readonly firmware?: WantedFirmware;
  /** Set when it is there and will not act by itself: `blacklisted by /etc/modprobe.d/x.conf`. */
  readonly disabled?: string;
}

/**
 * A driver and what it claims: a kernel modalias pattern (`usb:v04A9p2206d*...`), with `*`, `?` and `[...]` as in fnmatch(3), or for
 * printers `ieee1284:MAKER;MODEL` in the spelling of `printerKey`.
 */
export type Claim = readonly [driver: number, pattern: string];

/** What is in the image and serves whole classes of devices, whatever their ids. */
export interface ClassSupport {
  /** ipp-usb and its udev rule: IPP over USB (interface 07/01/04). Empty or the package. */
  readonly ippUsb: string;
  /** Driverless printing: CUPS with IPP Everywhere. */
  readonly driverless: string;
  /** Driverless scanning (eSCL, WSD). */
  readonly airscan: string;
  /** CUPS's own USB backend, which prints over interface 07/01/01 and 02. */
  readonly cupsUsb: string;
  /** Printer languages that a generic driver of the image speaks, such as PCL, PCLXL, PS, PDF; by language, the driver. */
  readonly languages: Readonly<Record<string, string>>;
  /** Models for which ipp-usb is switched off, as its quirks name them; may hold `*`. */
  readonly ippUsbBlacklist: readonly string[];
}

/** Everything that an image claims; JSON-safe, kept in the cache by the image's hash. */
export interface CoverageIndex {
  readonly schema: 'hwlab/coverage-index/1';
  /** Version of the code that read it; another one reads again. */
  readonly reader: number;
  readonly sha256: string;
  /** PRETTY_NAME of os-release. */
  readonly system: string;
  /** Such as "ext4 in partition 1". */
  readonly layout: string;
  /** Release of the kernel whose modules count; empty when there is none. */
  readonly kernel: string;
  /** ISO 8601: when it was read. */
  readonly readAt: string;
  readonly notes: readonly string[];
  readonly drivers: readonly CoverageDriver[];
  readonly claims: readonly Claim[];
  readonly classes: ClassSupport;
  /** Names of devices by `usb 04a9:2206` or `pci 8086:1234`, from the image's own hwdb. */
  readonly names: Readonly<Record<string, string>>;
  /** Versions of the packages that `drivers` and `classes` name. */
  readonly packages: Readonly<Record<string, string>>;
}

export const coverageReader = 2;
