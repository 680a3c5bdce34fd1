import { access, constants } from 'node:fs/promises';
import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import { execa, ExecaError } from 'execa';
import { delimiter, join } from 'node:path';
import type { DisplayCapture } from '../../capabilities/display-capture.ts';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const largest = 64 * 2 ** 20;

/**
 * A grabber that Linux shows as a camera (V4L2), for example an HDMI-to-USB dongle, through ffmpeg.
 * @returns undefined where there is no such device or no ffmpeg: then the machine has no such capability
 */
export async function v4l2Capture(device: string): Promise<DisplayCapture | undefined> {
  if (!/^\/dev\/[\w./:-]+$/.test(device)) throw new HwlabError({ code: 'lab-file', blame: 'usage', message: `${JSON.stringify(device)} is no grabber`, advice: 'write it like /dev/v4l/by-id/usb-...-video-index0' });
  const there = await access(device, constants.R_OK | constants.W_OK).then(() => true, () => false);
  if (!there || !(await onPath('ffmpeg'))) return undefined;
  return { capture: async (deadline) => captureWith('ffmpeg', device, deadline) };
}

/** Arguments of ffmpeg for one picture; a grabber's first frames after it is opened are often black or torn, so the tenth is taken. */
export function captureArguments(device: string): string[] {
  return ['-nostdin', '-hide_banner', '-loglevel', 'error', '-f', 'v4l2', '-i', device, '-vf', 'select=gte(n\\,9)', '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', 'pipe:1'];
}

/** Runs it and checks that what came is a PNG. */
export async function captureWith(program: string, device: string, deadline: Deadline): Promise<Uint8Array> {
  const failed = (why: string, cause?: unknown): HwlabError => {
    const silent = /Input\/output error|No signal|Connection timed out|Invalid data|not enough frames/i.test(why);
    return new HwlabError({ code: silent ? 'capture-no-signal' : 'capture-failed', blame: 'lab', message: `${device}: ${why.slice(-300)}`, advice: silent ? 'check the cable and that the machine is on' : 'check that no other program uses the grabber', cause });
  };
  deadline.check(`a picture of ${device}`);
  let picture: Uint8Array;
  try {
    picture = (await execa(program, captureArguments(device), { encoding: 'buffer', cancelSignal: deadline.signal, maxBuffer: largest, stdin: 'ignore' })).stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.isCanceled) throw deadline.error(`a picture of ${device}`);
    throw failed(Buffer.from((error.stderr as Uint8Array | undefined) ?? []).toString('utf8').trim() || error.shortMessage, error);
  }
  if (!Buffer.from(picture.subarray(0, 8)).equals(signature)) throw failed(picture.length === 0 ? 'not enough frames came' : 'what came is no PNG');
  return picture;
}

async function onPath(program: string): Promise<boolean> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (await access(join(folder, program), constants.X_OK).then(() => true, () => false)) return true;
  }
  return false;
}
