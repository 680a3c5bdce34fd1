import type { ControlReply, OutReply, SetupPacket, UsbFunction } from '../usb-device.ts';

/** Who answers in the name of a device: the tape. */
export interface Player {
  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined;
  out(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<OutReply>;
  polled(endpoint: number, polled: boolean): void;
  unplugged(): void;
  /** The shadow broke: the tape plays on, but what the suite sees of the device is wrong from here. */
  shadowFailed(error: unknown): void;
}

/** The function of a replayed device: the player answers, the shadow looks on. */
export class ReplayFunction implements UsbFunction {
  readonly #player: Player;
  readonly #shadow: UsbFunction;

  constructor(player: Player, shadow: UsbFunction) {
    this.#player = player;
    this.#shadow = shadow;
  }

  control(setup: SetupPacket, data: Uint8Array): ControlReply | undefined {
    this.#look(() => this.#shadow.control(setup, data));
    return this.#player.control(setup, data);
  }

  /** The shadow sets the pace: it takes as slowly as it was told to, and nothing while its paper is out. What it answers is not asked. */
  async out(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<OutReply> {
    const reply = await this.#player.out(endpoint, data, signal);
    try {
      if (!signal.aborted) await this.#shadow.out(endpoint, data, signal);
    } catch (error) {
      if (!signal.aborted) this.#player.shadowFailed(error);
    }
    return reply;
  }

  onReset(): void {
    this.#look(() => this.#shadow.onReset?.());
  }

  onConfiguration(value: number): void {
    this.#look(() => this.#shadow.onConfiguration?.(value));
  }

  onAlternate(interfaceNumber: number, alternate: number): void {
    this.#look(() => this.#shadow.onAlternate?.(interfaceNumber, alternate));
  }

  onPolling(endpoint: number, polled: boolean): void {
    this.#look(() => this.#shadow.onPolling?.(endpoint, polled));
    this.#player.polled(endpoint, polled);
  }

  onUnplug(): void {
    this.#player.unplugged();
    this.#look(() => this.#shadow.onUnplug?.());
  }

  #look(body: () => unknown): void {
    try {
      const result = body();
      if (result instanceof Promise) result.catch((error: unknown) => this.#player.shadowFailed(error));
    } catch (error) {
      this.#player.shadowFailed(error);
    }
  }
}
