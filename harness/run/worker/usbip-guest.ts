import type { Duplex } from 'node:stream';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError, messageOf } from '../../base/hwlab-error.ts';
import type { ListeningPort, PortListener } from '../../capabilities/port-listener.ts';
import type { Shell } from '../../capabilities/shell.ts';
import type { UsbipGuest } from '../../emulation/plug-usbip.ts';

/** A guest that imports devices with the USB/IP tools of its own distribution. */
export class ShellUsbipGuest implements UsbipGuest {
  readonly #shell: Shell;
  readonly #ports: PortListener;
  readonly #deadline: Deadline;

  constructor(shell: Shell, ports: PortListener, deadline: Deadline) {
    this.#shell = shell;
    this.#ports = ports;
    this.#deadline = deadline;
  }

  async listen(onConnection: (stream: Duplex) => void): Promise<ListeningPort> {
    return this.#ports.listen(onConnection, this.#deadline);
  }

  /** @throws HwlabError `usbip-not-imported`, blame product: the image's kernel or tools do not do it */
  async attach(port: number, busId: string): Promise<void> {
    const command = `modprobe vhci_hcd && usbip --tcp-port ${port} attach --remote 127.0.0.1 --busid ${busId}`;
    try {
      await this.#shell.run(command, { deadline: this.#deadline });
    } catch (error) {
      if (!(error instanceof HwlabError) || error.code !== 'guest-command-failed') throw error;
      throw new HwlabError({ code: 'usbip-not-imported', blame: 'product', message: `the guest did not import the device over USB/IP: ${messageOf(error)}`, advice: 'the image needs the module vhci_hcd and the package usbip; or leave the transport out', cause: error });
    }
  }
}
