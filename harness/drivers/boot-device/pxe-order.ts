import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { BootDevice, BootDeviceOptions, BootTarget } from '../../capabilities/boot-device.ts';

/**
 * For machines without a controller that chooses: their firmware is set to try the network first, for ever. hwlab's boot server answers while a start from the
 * network is under way, and sends it on to the disk otherwise. The choice is kept in this file, one word, for people and for any other server, which is to
 * answer at `pxe` only. The firmware's own order cannot be read back from here.
 */
export class PxeOrder implements BootDevice {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  async set(device: BootTarget, options: BootDeviceOptions, deadline: Deadline): Promise<void> {
    deadline.check(`writing ${this.#file}`);
    await options.fence?.check();
    try {
      await writeFile(`${this.#file}.new`, `${device}\n`);
      await rename(`${this.#file}.new`, this.#file);
    } catch (cause) {
      throw new HwlabError({ code: 'boot-device-cannot', blame: 'lab', message: `${this.#file} cannot be written`, cause });
    }
  }

  async get(deadline: Deadline): Promise<BootTarget | 'unknown'> {
    deadline.check(`reading ${this.#file}`);
    const word = (await readFile(this.#file, 'utf8').catch(() => 'none')).trim();
    return word === 'pxe' || word === 'disk' || word === 'none' ? word : 'unknown';
  }
}
