import { payloadHeaderLength, writePayloadHeader } from '../../wire/uvc/payload-header.ts';
import type { StreamControl } from '../../wire/uvc/stream-control.ts';
import type { VideoFormat, VideoFrame } from '../../wire/uvc/video-formats.ts';
import { testPicture } from './test-picture.ts';
import type { UvcCameraBehaviour } from './uvc-camera-behaviour.ts';

/** A picture that the camera has sent whole. */
export interface SentPicture {
  readonly number: number;
  readonly format: VideoFormat['kind'];
  readonly width: number;
  readonly height: number;
  /** As it was taken, before any defect. */
  readonly bytes: Uint8Array;
}

/** Most pictures, and most bytes of them, that are kept for a test. */
const mostKept = 64;
const mostBytes = 64 * 1024 * 1024;
const unitsPerMillisecond = 10_000;

/** A picture on its way. */
interface CurrentPicture {
  readonly bytes: Buffer;
  readonly number: number;
  readonly takenAt: number;
  /** Bytes that have been handed out. */
  at: number;
}

/** Takes pictures at the rate that was agreed on and cuts them into payloads. Time is milliseconds of any steady clock. */
export class VideoStream {
  readonly #now: () => number;
  readonly #clockFrequency: number;
  readonly #defects: NonNullable<UvcCameraBehaviour['defects']>;
  #agreed: { readonly format: VideoFormat; readonly frame: VideoFrame; readonly interval: number } | undefined;
  #open = false;
  #number = 0;
  #frameId: 0 | 1 = 0;
  #due = 0;
  #current: CurrentPicture | undefined;
  #position = 0;
  #payloads = 0;
  #kept: SentPicture[] = [];

  constructor(clockFrequency: number, defects: UvcCameraBehaviour['defects'], now: () => number) {
    this.#clockFrequency = clockFrequency;
    this.#defects = defects ?? {};
    this.#now = now;
  }

  /** The newest pictures that were sent whole, oldest first. */
  get sent(): readonly SentPicture[] {
    return this.#kept;
  }

  get open(): boolean {
    return this.#open;
  }

  forget(): void {
    this.#kept = [];
  }

  /** COMMIT: what the next stream is to be. */
  agree(format: VideoFormat, frame: VideoFrame, { interval }: Pick<StreamControl, 'interval'>): void {
    this.#agreed = { format, frame, interval: interval / unitsPerMillisecond };
  }

  start(): void {
    this.#open = true;
    this.#current = undefined;
    this.#due = this.#now();
  }

  stop(): void {
    this.#open = false;
    this.#current = undefined;
  }

  /** The next payload, header included, of at most `most` bytes; undefined until it is time for the next picture. */
  next(most: number): Uint8Array | undefined {
    if (!this.#open || !this.#agreed || this.#defects.dark || most <= payloadHeaderLength) return undefined;
    const now = this.#now();
    this.#current ??= this.#take(now);
    if (!this.#current) return undefined;
    const { bytes, takenAt } = this.#current;
    const part = bytes.subarray(this.#current.at, this.#current.at + most - payloadHeaderLength);
    this.#current.at += part.length;
    const endOfFrame = this.#current.at >= bytes.length;
    const payload = Buffer.alloc(payloadHeaderLength + part.length);
    writePayloadHeader({ frameId: this.#frameId, endOfFrame, presentationTime: this.#clock(takenAt), sourceClock: this.#clock(now), busFrame: Math.floor(now) }, payload);
    payload.set(this.#damaged(part), payloadHeaderLength);
    if (endOfFrame) this.#finish();
    this.#payloads += 1;
    return this.#defects.losesPayloadIn !== undefined && this.#payloads % this.#defects.losesPayloadIn === 0 ? payload.subarray(0, 0) : payload;
  }

  #take(now: number): CurrentPicture | undefined {
    const agreed = this.#agreed;
    if (!agreed || now < this.#due) return undefined;
    this.#due = Math.max(now, this.#due + agreed.interval);
    this.#number += 1;
    return { bytes: testPicture(agreed.format.kind, agreed.frame, this.#number), number: this.#number, at: 0, takenAt: now };
  }

  #finish(): void {
    const current = this.#current;
    const agreed = this.#agreed;
    this.#current = undefined;
    this.#frameId = this.#frameId === 0 ? 1 : 0;
    if (!current || !agreed) return;
    this.#kept.push({ number: current.number, format: agreed.format.kind, width: agreed.frame.width, height: agreed.frame.height, bytes: current.bytes });
    while (this.#kept.length > mostKept || (this.#kept.length > 1 && this.#kept.reduce((sum, { bytes }) => sum + bytes.length, 0) > mostBytes)) this.#kept.shift();
  }

  #clock(milliseconds: number): number {
    return Math.floor((milliseconds * this.#clockFrequency) / 1000) % 0x1_0000_0000;
  }

  #damaged(part: Buffer): Uint8Array {
    const every = this.#defects.changesOneByteIn;
    const before = this.#position;
    this.#position += part.length;
    if (every === undefined || Math.floor(before / every) === Math.floor(this.#position / every)) return part;
    return part.map((byte, index) => ((before + index + 1) % every === 0 ? byte ^ 0x01 : byte));
  }
}
