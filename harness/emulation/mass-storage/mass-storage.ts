import { HwlabError } from '../../base/hwlab-error.ts';
import type { ControlReply, EmulatedModel, EmulatedUnit, OutReply, SetupPacket, UsbFunction, UsbInPipes, WireEvent } from '../usb-device.ts';
import { BlockStore, sectorSize } from './block-store.ts';
import { BulkOnly, commandOf } from './bulk-only.ts';
import { formatVolume, readVolumeFile } from './fat16.ts';
import { massStorageBehaviour, type MassStorageBehaviour } from './mass-storage-behaviour.ts';
import { ScsiDisk, type Medium } from './scsi-disk.ts';

/** What a suite sees and does at an emulated USB stick. */
export interface MassStorageControls {
  /** A file of the volume's root directory as the sectors hold it; undefined if there is none. */
  file(name: string): Uint8Array | undefined;
  /** What the disk holds. */
  sectors(first: number, count: number): Uint8Array;
  /** Number of sectors, and where the volume begins. */
  readonly size: number;
  readonly volumeStart: number;
  /** Every write since the test began, oldest first, at most 10,000. */
  readonly writes: readonly { readonly first: number; readonly count: number }[];
  readonly writtenBytes: number;
  /** How often the driver asked for what is cached to be written. */
  readonly flushes: number;
  /** Manners of the medium from now on. */
  setMedium(change: Partial<Medium>): void;
  /** Between tests: nothing recorded, the medium as the model has it; what was written stays. */
  reset(): void;
}

const massStorageReset = 0xff;
const getMaxLun = 0xfe;
const mostWrites = 10_000;
const volumeSerial = 0x4857_4c42;

/**
 * A USB stick: one SCSI disk behind Bulk-Only Transport, with a FAT16 volume on it.
 * @throws HwlabError usage `bad-model` if the descriptors have no mass storage interface with a bulk pair.
 */
export function createMassStorage(model: EmulatedModel): EmulatedUnit<MassStorageControls> {
  const unit = new MassStorage(massStorageBehaviour(model), bulkInOf(model));
  return { model, controls: unit, createFunction: (pipes) => unit.plugInto(pipes), decode: decodeMassStorage };
}

/** Names commands for the wire trace. */
export function decodeMassStorage(event: WireEvent, data: Uint8Array): string | undefined {
  return event.kind === 'bulk' && event.from === 'host' ? commandOf(data) : undefined;
}

class MassStorage implements MassStorageControls, UsbFunction {
  readonly #behaviour: MassStorageBehaviour;
  readonly #bulkIn: { readonly endpoint: number; readonly packetSize: number };
  readonly #store: BlockStore;
  readonly #disk: ScsiDisk;
  #medium: Medium;
  #transport: BulkOnly | undefined;
  #sectorsWritten = 0;
  #flushesBefore = 0;
  writes: { first: number; count: number }[] = [];
  writtenBytes = 0;

  constructor(behaviour: MassStorageBehaviour, bulkIn: { readonly endpoint: number; readonly packetSize: number }) {
    this.#behaviour = behaviour;
    this.#bulkIn = bulkIn;
    this.#store = new BlockStore(behaviour.sectors);
    this.#medium = mediumOf(behaviour);
    this.#disk = new ScsiDisk(
      this.#store,
      behaviour.inquiry,
      () => (behaviour.defects?.hidesUnreadable ? { ...this.#medium, unreadable: undefined } : this.#medium),
      (first, data) => this.#note(first, data),
    );
    this.#format();
  }

  file(name: string): Uint8Array | undefined {
    return readVolumeFile(this.#store, this.volumeStart, this.#volumeSectors, name);
  }

  sectors(first: number, count: number): Uint8Array {
    return this.#store.read(first, count);
  }

  get size(): number {
    return this.#store.sectors;
  }

  get volumeStart(): number {
    return this.#behaviour.volume.start;
  }

  get flushes(): number {
    return this.#disk.flushes - this.#flushesBefore;
  }

  setMedium(change: Partial<Medium>): void {
    this.#medium = { ...this.#medium, ...change };
    if (change.present === true || change.writeProtected !== undefined) this.#disk.changeMedium();
  }

  reset(): void {
    this.writes = [];
    this.writtenBytes = 0;
    this.#sectorsWritten = 0;
    this.#flushesBefore = this.#disk.flushes;
    this.#medium = mediumOf(this.#behaviour);
  }

  plugInto(pipes: UsbInPipes): UsbFunction {
    const { endpoint, packetSize } = this.#bulkIn;
    this.#transport = new BulkOnly(this.#disk, { send: async (data) => await pipes.send(endpoint, data), halt: () => pipes.halt(endpoint) }, packetSize);
    return this;
  }

  control(setup: SetupPacket): ControlReply | undefined {
    if (setup.requestType === 0xa1 && setup.request === getMaxLun) return { status: 'ok', data: Uint8Array.of(0) };
    if (setup.requestType !== 0x21 || setup.request !== massStorageReset) return undefined;
    this.#transport?.reset();
    return { status: 'ok', data: new Uint8Array(0) };
  }

  out(_endpoint: number, data: Uint8Array): OutReply {
    return this.#transport?.out(data) ?? { status: 'stall', accepted: 0 };
  }

  onReset(): void {
    this.#transport?.reset();
  }

  onUnplug(): void {
    this.#transport?.reset();
    this.#transport = undefined;
  }

  get #volumeSectors(): number {
    return this.#store.sectors - this.volumeStart;
  }

  #format(): void {
    const { label, start, files } = this.#behaviour.volume;
    this.#store.clear();
    formatVolume(this.#store, { start, sectors: this.#volumeSectors, label, serial: volumeSerial, files: files.map(({ name, text }) => ({ name, content: Buffer.from(text) })) });
  }

  #note(first: number, data: Uint8Array): void {
    const count = data.length / sectorSize;
    if (this.writes.length < mostWrites) this.writes.push({ first, count });
    this.writtenBytes += data.length;
    const every = this.#behaviour.defects?.forgetsOneSectorIn;
    if (every === undefined) return;
    for (let index = 0; index < count; index += 1) {
      this.#sectorsWritten += 1;
      if (this.#sectorsWritten % every === 0) this.#store.write(first + index, new Uint8Array(sectorSize));
    }
  }
}

function mediumOf({ medium }: MassStorageBehaviour): Medium {
  return {
    present: true,
    writeProtected: medium?.writeProtected ?? false,
    unreadable: medium?.unreadable,
    flushMilliseconds: medium?.flushMilliseconds ?? 0,
    writeMillisecondsPerSector: medium?.writeMillisecondsPerSector ?? 0,
  };
}

/** Bulk IN of the mass storage interface (class 8, SCSI, Bulk-Only). */
export function bulkInOf(model: EmulatedModel): { readonly endpoint: number; readonly packetSize: number } {
  const storage = model.usb.configuration.interfaces.flatMap(({ alternates }) => alternates).find(({ class: [base, , protocol] }) => base === 8 && protocol === 0x50);
  const bulkIn = storage?.endpoints.find(({ type, address }) => type === 'bulk' && (Number(address) & 0x80) !== 0);
  if (!bulkIn) throw new HwlabError({ code: 'bad-model', blame: 'usage', message: `model ${model.id} has no mass storage interface (class 8, protocol 0x50) with a bulk IN endpoint` });
  return { endpoint: Number(bulkIn.address) & 0x0f, packetSize: bulkIn.maxPacketSize };
}
