import { expect, type CellContext, type PluggedUnit, type SentPicture, type UvcCameraControls } from '../../harness/index.ts';

export type CameraCell = CellContext<UvcCameraControls>;
export type Camera = PluggedUnit<UvcCameraControls>;

/** Seconds from the plug to a video node that udev has finished. */
const nodeWithin = 15;

/** The node that gives pictures, `/dev/video0`; a camera of this class has another one for metadata. */
export async function nodeOf(cell: CameraCell, camera: Camera = cell.unit): Promise<string> {
  const sysfs = await camera.sysfs();
  const { stdout } = await cell.guest.run(
    `timeout ${nodeWithin} sh -c 'while :; do for node in ${sysfs}/*/video4linux/video*; do [ "$(cat $node/index 2>/dev/null)" = 0 ] && [ -c /dev/\${node##*/} ] && { echo /dev/\${node##*/}; exit 0; }; done; sleep 0.2; done' && {
udevadm settle -t 5; exit 0; }
for interface in ${sysfs}/*:*; do driver=$(readlink "$interface/driver"); driver=\${driver##*/}; echo "\${interface##*/} \${driver:-none}"; done; dmesg | grep -E 'uvc|altsetting' | tail -n 5; exit 1`,
    { accept: [0, 1] },
  );
  const node = stdout.trim();
  if (!/^\/dev\/video\d+$/.test(node)) expect.fail(`no video node for the camera after ${nodeWithin} s; its interfaces and their drivers: ${node.replaceAll('\n', ', ')}`);
  return node;
}

/** FourCC of the formats, as V4L2 has them. */
export const fourCc = { mjpeg: 'MJPG', yuy2: 'YUYV', other: '?' } as const;

export interface Wanted {
  readonly kind: 'mjpeg' | 'yuy2';
  readonly width: number;
  readonly height: number;
}

/** A command line that writes `count` pictures one behind the other to `file`. */
export function streamTo(node: string, file: string, { kind, width, height }: Wanted, count: number): string {
  return `v4l2-ctl -d ${node} --set-fmt-video=width=${width},height=${height},pixelformat=${fourCc[kind]} --stream-mmap=4 --stream-count=${count} --stream-to=${file}`;
}

/** Skips where the cable carries no pictures. */
export function needsStream(cell: CameraCell): void {
  if (cell.unit.transport?.carriesIsochronous === false) cell.skip('a transport that carries isochronous streams');
}

/** Takes pictures in the guest and gives their bytes, one behind the other. */
export async function takePictures(cell: CameraCell, node: string, wanted: Wanted, count: number): Promise<Uint8Array> {
  needsStream(cell);
  const file = '/tmp/hwlab-pictures';
  const { stderr } = await cell.guest.run(`rm -f ${file}; timeout 30 ${streamTo(node, file, wanted, count)}`, { within: 40 });
  await cell.attach('v4l2-ctl', stderr, 'text/plain');
  return await cell.guest.getFile(file);
}

/**
 * Cuts what the guest wrote into the pictures that the camera sent, byte for byte and in order; one that the guest had no room for may be missing in between.
 * Fails where something else is there.
 */
export function picturesIn(taken: Uint8Array, sent: readonly SentPicture[]): readonly SentPicture[] {
  const bytes = Buffer.from(taken.buffer, taken.byteOffset, taken.length);
  const found: SentPicture[] = [];
  let at = 0;
  for (const picture of sent) {
    if (at >= bytes.length) break;
    if (!bytes.subarray(at, at + picture.bytes.length).equals(picture.bytes)) continue;
    found.push(picture);
    at += picture.bytes.length;
  }
  if (at < bytes.length) expect.fail(`of ${bytes.length} bytes that the guest took the first ${at} are ${found.length} pictures of the camera; then comes something that it did not send (${nearest(bytes.subarray(at), sent)})`);
  return found;
}

/** What is nearest to bytes that should be a picture: for the eye of whoever reads the failure. */
function nearest(bytes: Buffer, sent: readonly SentPicture[]): string {
  let best = { number: 0, same: -1, length: 0 };
  for (const { number, bytes: picture } of sent) {
    const length = Math.min(picture.length, bytes.length);
    let same = 0;
    while (same < length && picture[same] === bytes[same]) same += 1;
    if (same > best.same) best = { number, same, length: picture.length };
  }
  return best.same < 0 ? 'it sent none' : `the same as picture ${best.number} up to byte ${best.same} of ${best.length}`;
}

/** The smallest size of a format. */
export function smallest(cell: CameraCell, kind: Wanted['kind']): Wanted {
  const [first] = [...framesOf(cell, kind)].sort((a, b) => a.width - b.width);
  return first ?? cell.skip(`a camera with the format ${fourCc[kind]}`);
}

/** The sizes of a format. */
export function framesOf(cell: CameraCell, kind: Wanted['kind']): readonly Wanted[] {
  return (cell.unit.controls.formats.find((format) => format.kind === kind)?.frames ?? []).map(({ width, height }) => ({ kind, width, height }));
}

/** Fails if the kernel has complained of itself. */
export async function expectHealthyKernel(cell: CameraCell): Promise<void> {
  const log = await cell.guest.kernelLog();
  await cell.attach('kernel log', log, 'text/plain');
  expect(log).not.to.match(/\bBUG:|Oops|general protection|Call Trace|WARNING: CPU|blocked for more than/);
}
