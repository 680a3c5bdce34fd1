/** How an emulated device reaches the guest. */
export type TransportName = 'usb-redir' | 'usbip';

/** What a test can and cannot see over a transport; suites ask for these, never for the transport's name. */
export interface TransportTraits {
  readonly name: TransportName;
  /** An interrupt OUT transfer that the device refuses fails at the driver. usb-redir reports success before the device is asked. */
  readonly canFailInterruptOut: boolean;
  /** The device is told of a reset of its port. */
  readonly seesReset: boolean;
  /** Isochronous streams get through: pictures of a camera. */
  readonly carriesIsochronous: boolean;
  /** The cable leads to a port of the machine's own host controller, so that what hangs on its kind (xHCI, EHCI) is tested, too. */
  readonly usesHostController: boolean;
}

export const transports: Readonly<Record<TransportName, TransportTraits>> = {
  'usb-redir': { name: 'usb-redir', canFailInterruptOut: false, seesReset: true, carriesIsochronous: true, usesHostController: true },
  'usbip': { name: 'usbip', canFailInterruptOut: true, seesReset: false, carriesIsochronous: false, usesHostController: false },
};
