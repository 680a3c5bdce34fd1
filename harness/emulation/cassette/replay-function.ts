import type { ControlReply, OutReply, SetupPacket, UsbFunction } from '../usb-device.ts';

/** What a device class answers to a request; undefined is STALL. */
export type ControlAnswerOfClass = ControlReply | Promise<ControlReply> | undefined;

/** Who answers in the name of a device: the tape. */
export interface Player {
  /** `original`: what the shadow answers, taken where the tape has nothing and new episodes are wanted. */
  control(setup: SetupPacket, data: Uint8Array, original: ControlAnswerOfClass): ControlAnswerOfClass;
  /** Undefined: the tape has nothing more to say here, and the shadow's answer holds. */
  out(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<OutReply | undefined>;
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

  control(setup: SetupPacket, data: Uint8Array): ControlAnswerOfClass {
    let original: ControlAnswerOfClass;
    this.#look(() => (original = this.#shadow.control(setup, data)));
    return this.#player.control(setup, data, original);
  }

  /** The shadow sets the pace: it takes as slowly as it was told to, and nothing while its paper is out. */
  async out(endpoint: number, data: Uint8Array, signal: AbortSignal): Promise<OutReply> {
    const reply = await this.#player.out(endpoint, data, signal);
    try {
      const original = signal.aborted ? undefined : await this.#shadow.out(endpoint, data, signal);
      if (!reply && original) return original;
    } catch (error) {
      if (!signal.aborted) this.#player.shadowFailed(error);
    }
    return reply ?? { status: 'ok', accepted: data.length };
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
