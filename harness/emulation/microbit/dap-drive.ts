import { BlockStore, sectorSize } from '../mass-storage/block-store.ts';
import { dataAreaOf, formatVolume, type VolumeFile } from '../mass-storage/fat16.ts';
import { ScsiDisk, type Medium } from '../mass-storage/scsi-disk.ts';

/** How the drive of a DAPLink interface behaves, milliseconds. */
export interface DapDriveBehaviour {
  /** Without a further piece of a program that has begun, it gives up after this. */
  readonly transferTimeout: number;
  /** The drive is gone for so long when a program has come or has failed. */
  readonly remount: number;
  /** How long the chip's flash takes for a sector of the file. */
  readonly flashPerSector: number;
  /** A piece out of order is an error, as for an interface that cannot wait for it. */
  readonly needsOrder: boolean;
}

const sectors = 131_072;
const volumeSerial = 0x2702_1974;
const mostProgram = 4 * 1024 * 1024;
const endOfFile = ':00000001FF';
const timedOut = 'error: The transfer timed out.\r\ntype: transient, user\r\n';
const outOfOrder = 'error: File sent out of order by PC. Target might not be programmed correctly.\r\ntype: transient, user\r\n';

/**
 * The drive that a DAPLink interface shows: it takes a program that is copied to it by looking at the sectors, forgets the file, and is "mounted"
 * anew when it is done, with FAIL.TXT if it went wrong. Nothing is known of file names: a program begins with the first sector that looks like Intel HEX.
 */
export class DapDrive {
  readonly disk: ScsiDisk;
  readonly #behaviour: DapDriveBehaviour;
  readonly #store = new BlockStore(sectors);
  readonly #files: readonly VolumeFile[];
  readonly #label: string;
  #present = true;
  #next: number | undefined;
  #late = new Map<number, Buffer>();
  #program: Buffer[] = [];
  #length = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The last whole program, as it came. */
  flashed: Buffer | undefined;
  remounts = 0;
  failure: string | undefined;
  /** Sectors of a program that came before an earlier one. */
  outOfOrder = 0;

  constructor(behaviour: DapDriveBehaviour, label: string, files: readonly VolumeFile[]) {
    this.#behaviour = behaviour;
    this.#label = label;
    this.#files = files;
    this.disk = new ScsiDisk(
      this.#store,
      { vendor: 'MBED', product: 'VFS', revision: '0.1' },
      () => this.#medium(),
      (first, data) => this.#written(first, Buffer.from(data)),
    );
    this.#mount();
  }

  /** True while a program is under way. */
  get receiving(): boolean {
    return this.#next !== undefined;
  }

  /** Between tests. */
  forget(): void {
    this.flashed = undefined;
    this.failure = undefined;
    this.remounts = 0;
    this.outOfOrder = 0;
  }

  powerOff(): void {
    clearTimeout(this.#timer);
    this.#endTransfer();
    this.#mount();
  }

  #medium(): Medium {
    return { present: this.#present, writeProtected: false, unreadable: undefined, flushMilliseconds: 0, writeMillisecondsPerSector: this.receiving ? this.#behaviour.flashPerSector : 0 };
  }

  #written(first: number, data: Buffer): void {
    if (first + data.length / sectorSize <= dataAreaOf(0, sectors)) return;
    for (let at = 0; at < data.length; at += sectorSize) this.#sector(first + at / sectorSize, data.subarray(at, at + sectorSize));
  }

  #sector(number: number, sector: Buffer): void {
    if (this.#next === undefined) {
      if (!/^:[0-9A-F]{10}/.test(sector.toString('latin1', 0, 16))) return;
      this.#next = number;
      this.#arm();
    }
    if (number < this.#next) return;
    if (number > this.#next) {
      this.outOfOrder += 1;
      if (this.#behaviour.needsOrder) this.#end(outOfOrder);
      else if (this.#late.size < mostProgram / sectorSize) this.#late.set(number, Buffer.from(sector));
      return;
    }
    for (let piece: Buffer | undefined = sector; piece !== undefined && this.#next !== undefined; piece = this.#late.get(this.#next)) {
      this.#late.delete(this.#next);
      this.#next += 1;
      this.#take(piece);
    }
  }

  #take(piece: Buffer): void {
    this.#program.push(Buffer.from(piece));
    this.#length += piece.length;
    this.#arm();
    const tail = Buffer.concat(this.#program.slice(-2)).toString('latin1');
    const end = tail.lastIndexOf(endOfFile);
    if (end >= 0) {
      const whole = Buffer.concat(this.#program);
      this.flashed = whole.subarray(0, whole.lastIndexOf(endOfFile) + endOfFile.length);
      this.#end(undefined);
    } else if (this.#length > mostProgram) {
      this.#end(timedOut);
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(timedOut), this.#behaviour.transferTimeout).unref();
  }

  /** The drive goes, and comes back as new. The driver first gets the answer to its write. */
  #end(failure: string | undefined): void {
    this.failure = failure;
    this.#endTransfer();
    this.#timer = setTimeout(() => {
      this.#present = false;
      this.#timer = setTimeout(() => {
        this.#mount();
        this.remounts += 1;
        this.#present = true;
        this.disk.changeMedium();
      }, this.#behaviour.remount).unref();
    }, 200).unref();
  }

  #endTransfer(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
    this.#late = new Map();
    this.#program = [];
    this.#length = 0;
  }

  #mount(): void {
    this.#store.clear();
    this.#present = true;
    const details = this.#files.map(({ name, content }) => (name === 'DETAILS.TXT' ? { name, content: Buffer.from(`${Buffer.from(content).toString()}Remount count: ${this.remounts}\r\n`) } : { name, content }));
    const fail = this.failure === undefined ? [] : [{ name: 'FAIL.TXT', content: Buffer.from(this.failure) }];
    formatVolume(this.#store, { start: 0, sectors, label: this.#label, serial: volumeSerial, files: [...details, ...fail] });
  }
}
