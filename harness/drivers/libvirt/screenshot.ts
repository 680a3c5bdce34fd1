import { readFile, rm, writeFile } from 'node:fs/promises';
import { PNG } from 'pngjs';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { virsh } from './virsh.ts';

const mostPixels = 64 * 2 ** 20;

/** The domain's display as a PNG file; `screen` counts from 0. @throws HwlabError `screenshot-failed` */
export async function screenshot(domain: string, file: string, deadline: Deadline, screen = 0): Promise<string> {
  const raw = `${file}.raw`;
  try {
    await virsh(['screenshot', domain, raw, '--screen', String(screen)], deadline);
    const picture = await readFile(raw);
    await writeFile(file, picture.subarray(1, 4).toString('latin1') === 'PNG' ? picture : PNG.sync.write(ppmToPng(picture)));
    return file;
  } finally {
    await rm(raw, { force: true });
  }
}

/** A raw PPM (netpbm P6, 8 bits a sample), which is what QEMU's screendump writes. */
export function ppmToPng(ppm: Uint8Array): PNG {
  const head = /^P6\s+(?:#[^\n]*\n\s*)*(\d{1,5})\s+(\d{1,5})\s+255\s/.exec(Buffer.from(ppm.subarray(0, 256)).toString('latin1'));
  const width = Number(head?.[1]);
  const height = Number(head?.[2]);
  const start = head?.[0].length ?? 0;
  if (!head || width * height === 0 || width * height > mostPixels || ppm.length < start + width * height * 3) {
    throw new HwlabError({ code: 'screenshot-failed', blame: 'lab', message: 'the screenshot is neither a PNG nor a whole PPM picture' });
  }
  const png = new PNG({ width, height, colorType: 2 });
  for (let pixel = 0, from = start; pixel < width * height; pixel++) {
    png.data[pixel * 4] = ppm[from++] ?? 0;
    png.data[pixel * 4 + 1] = ppm[from++] ?? 0;
    png.data[pixel * 4 + 2] = ppm[from++] ?? 0;
    png.data[pixel * 4 + 3] = 255;
  }
  return png;
}
