import { expect, feature, suite, type UvcCameraControls } from '../../harness/index.ts';
import { sleepAndWake } from '../robotics/machine-sleep.ts';
import { asPupilAtTheMachine } from '../robotics/pupil-session.ts';
import { expectHealthyKernel, fourCc, framesOf, needsStream, nodeOf, picturesIn, smallest, streamTo, takePictures } from './camera-cell.ts';

/** Pictures that a test takes; enough that buffers of driver and program are used again. */
const several = 6;
/** V4L2 has 31 characters for the name of a device. */
const longestName = 31;

suite('cameras', () => {
  feature<UvcCameraControls>('camera.driver', 'the kernel drives the camera with uvcvideo and shows it by its name', async (cell) => {
    const node = await nodeOf(cell);
    const sysfs = await cell.unit.sysfs();
    const { stdout } = await cell.guest.run(`for interface in ${sysfs}/*:*; do class=$(cat $interface/bInterfaceClass); [ "$class" = 0e ] && basename "$(readlink "$interface/driver")"; done; v4l2-ctl -d ${node} --info`);
    await cell.attach('v4l2-ctl --info', stdout, 'text/plain');
    expect(stdout.split('\n').slice(0, 2), 'drivers of the video interfaces').to.deep.equal(['uvcvideo', 'uvcvideo']);
    const name = /^\s*Card type\s*: (.*)$/m.exec(stdout)?.[1]?.trim() ?? '';
    expect(name, 'name of the card').to.match(new RegExp(`^${cell.unit.model.usb.strings.product?.slice(0, longestName)}`));
    await expectHealthyKernel(cell);
  });

  feature<UvcCameraControls>('camera.names', 'links under /dev/v4l name the camera by maker, product and place', async (cell) => {
    const node = await nodeOf(cell);
    const { stdout } = await cell.guest.run(`for link in /dev/v4l/by-id/* /dev/v4l/by-path/*; do [ "$(readlink -f "$link")" = ${node} ] && echo "$link"; done; true`);
    const { manufacturer = '', product = '' } = cell.unit.model.usb.strings;
    const byId = `/dev/v4l/by-id/usb-${`${manufacturer}_${product}`.replaceAll(' ', '_')}-video-index0`;
    expect(stdout.split('\n')).to.include(byId);
    expect(stdout).to.match(/^\/dev\/v4l\/by-path\/\S+-video-index0$/m);
  });

  feature<UvcCameraControls>('camera.formats', 'programs are offered the formats, sizes and rates that the camera has', async (cell) => {
    const node = await nodeOf(cell);
    const { stdout } = await cell.guest.run(`v4l2-ctl -d ${node} --list-formats-ext`);
    await cell.attach('v4l2-ctl --list-formats-ext', stdout, 'text/plain');
    const wanted = cell.unit.controls.formats.flatMap(({ kind, frames }) => frames.flatMap(({ width, height, intervals }) => intervals.map((interval) => `${fourCc[kind]} ${width}x${height} ${(10_000_000 / interval).toFixed(3)}`)));
    expect([...new Set(listed(stdout))], 'format, size, pictures a second').to.have.members([...new Set(wanted)]);
  });

  feature<UvcCameraControls>('camera.pictures', 'pictures in Motion-JPEG arrive byte for byte as the camera sent them, in order', async (cell) => {
    const wanted = framesOf(cell, 'mjpeg')[0] ?? cell.skip('a camera with Motion-JPEG');
    const node = await nodeOf(cell);
    const began = performance.now();
    const taken = await takePictures(cell, node, wanted, several);
    const found = picturesIn(taken, cell.unit.controls.pictures);
    expect(found, 'pictures').to.have.length(several);
    for (const { width, height, format } of found) expect({ width, height, kind: format }).to.deep.equal(wanted);
    cell.measure('camera.pictures.ms', Math.round(performance.now() - began));
    cell.measure('camera.pictures.missing', (found.at(-1)?.number ?? 0) - (found[0]?.number ?? 0) + 1 - several);
    await expectHealthyKernel(cell);
  });

  feature<UvcCameraControls>('camera.raw-pictures', 'uncompressed pictures arrive byte for byte as the camera sent them', async (cell) => {
    const wanted = smallest(cell, 'yuy2');
    const taken = await takePictures(cell, await nodeOf(cell), wanted, 3);
    expect(picturesIn(taken, cell.unit.controls.pictures), 'pictures').to.have.length(3);
  });

  feature<UvcCameraControls>(
    'camera.sizes',
    'a program may change the size between two streams, and gets pictures of the new size',
    async (cell) => {
      const node = await nodeOf(cell);
      const sizes = framesOf(cell, 'mjpeg').slice(0, 3);
      if (sizes.length < 2) cell.skip('a camera with several sizes in Motion-JPEG');
      for (const wanted of sizes) {
        const [found] = picturesIn(await takePictures(cell, node, wanted, 1), cell.unit.controls.pictures);
        expect(found && { kind: found.format, width: found.width, height: found.height }, `size of the picture when ${wanted.width}x${wanted.height} was asked for`).to.deep.equal(wanted);
      }
      expect(cell.unit.controls.streaming, 'streaming when nobody looks').to.equal(false);
    },
    { within: 90 },
  );

  feature<UvcCameraControls>('camera.settings', 'brightness that a program sets reaches the camera, within the range that the camera has', async (cell) => {
    const node = await nodeOf(cell);
    const brightness = (cell.unit.model.behaviour['controls'] as readonly { name: string; min: number; max: number; default: number }[]).find(({ name }) => name === 'brightness') ?? cell.skip('a camera with brightness');
    const { stdout } = await cell.guest.run(`v4l2-ctl -d ${node} --list-ctrls`);
    await cell.attach('v4l2-ctl --list-ctrls', stdout, 'text/plain');
    const line = stdout.split('\n').find((each) => /^\s*brightness /.test(each)) ?? '';
    expect(['min', 'max', 'default'].map((field) => Number(new RegExp(`\\b${field}=(-?\\d+)`).exec(line)?.[1])), line).to.deep.equal([brightness.min, brightness.max, brightness.default]);
    await cell.guest.run(`v4l2-ctl -d ${node} --set-ctrl=brightness=${brightness.min + 1}`);
    expect(cell.unit.controls.setting('brightness'), 'brightness of the camera').to.equal(brightness.min + 1);
  });

  feature<UvcCameraControls>(
    'camera.user-access',
    'a teacher at the machine may take a picture without being root',
    async (cell) => {
      needsStream(cell);
      const wanted = framesOf(cell, 'mjpeg')[0] ?? cell.skip('a camera with Motion-JPEG');
      const node = await nodeOf(cell);
      const { exitCode, said } = await asPupilAtTheMachine(cell.guest, `set -e\nrm -f /tmp/hwlab-mine.jpg\ntimeout 20 ${streamTo(node, '/tmp/hwlab-mine.jpg', wanted, 1)}`);
      const { stdout } = await cell.guest.run(`getfacl -p ${node} 2>/dev/null || ls -l ${node}`);
      await cell.attach('rights of the node', stdout, 'text/plain');
      expect(exitCode, `v4l2-ctl as the user at the machine: ${said}`).to.equal(0);
      expect(picturesIn(await cell.guest.getFile('/tmp/hwlab-mine.jpg'), cell.unit.controls.pictures)).to.have.length(1);
    },
    { within: 60 },
  );

  feature<UvcCameraControls>(
    'camera.unplug-while-streaming',
    'unplugged while a program takes pictures the program ends and the kernel stays sound; plugged in again the camera has its name and gives pictures',
    async (cell) => {
      needsStream(cell);
      const wanted = framesOf(cell, 'mjpeg')[0] ?? cell.skip('a camera with Motion-JPEG');
      const node = await nodeOf(cell);
      await cell.guest.run(`rm -f /tmp/hwlab-endless; setsid sh -c '${streamTo(node, '/dev/null', wanted, 100_000)} >/tmp/hwlab-stream 2>&1; echo "ended $?" >/tmp/hwlab-endless' </dev/null >/dev/null 2>&1 & exit 0`);
      await cell.waitFor('three pictures to be sent', () => (cell.unit.controls.pictures.length >= 3 ? { value: true } : { saw: `${cell.unit.controls.pictures.length} pictures` }), 20);
      await cell.unit.unplug();
      const { stdout } = await cell.guest.run(`for i in $(seq 150); do [ -e /tmp/hwlab-endless ] && [ ! -e ${node} ] && break; sleep 0.1; done; cat /tmp/hwlab-endless 2>/dev/null || echo 'the program hangs'; [ ! -e ${node} ] || echo '${node} is still there'`);
      expect(stdout.trim(), 'the program that took pictures').to.match(/^ended \d+$/);
      await expectHealthyKernel(cell);
      await cell.unit.plug();
      expect(await nodeOf(cell), 'the node').to.equal(node);
      const taken = await takePictures(cell, node, wanted, 2);
      expect(picturesIn(taken, cell.unit.controls.pictures), 'pictures after the new plug').to.have.length(2);
    },
    { within: 90 },
  );

  feature<UvcCameraControls>(
    'camera.resume',
    'after the whole machine has slept the camera is there under its name and gives pictures',
    async (cell) => {
      const wanted = framesOf(cell, 'mjpeg')[0] ?? cell.skip('a camera with Motion-JPEG');
      const node = await nodeOf(cell);
      await sleepAndWake(cell);
      expect(await nodeOf(cell), 'the node').to.equal(node);
      expect(picturesIn(await takePictures(cell, node, wanted, 2), cell.unit.controls.pictures), 'pictures').to.have.length(2);
    },
    { within: 90 },
  );

  feature<UvcCameraControls>('camera.button', "the camera's button reaches a program as the camera key", async (cell) => {
    const node = await nodeOf(cell);
    const sysfs = await cell.unit.sysfs();
    const { stdout } = await cell.guest.run(
      `event=$(for interface in ${sysfs}/*:*; do [ "$(basename "$(readlink "$interface/driver")")" = uvcvideo ] && ls -d $interface/input/input*/event* 2>/dev/null; done | head -n 1); event=/dev/input/\${event##*/}
[ -c $event ] || { echo 'no input device for the button' >&2; exit 1; }
exec 3<${node}
timeout 20 stdbuf -oL evtest $event > /tmp/hwlab-button & reader=$!
for i in $(seq 100); do grep -q ^Testing /tmp/hwlab-button && break; sleep 0.1; done
echo listening
for i in $(seq 100); do grep -q 'KEY_CAMERA), value 0' /tmp/hwlab-button && break; sleep 0.1; done; kill $reader; grep KEY_CAMERA /tmp/hwlab-button`,
      {
        accept: [0, 1],
        within: 40,
        onStdout: (text) => {
          if (text.includes('listening')) cell.unit.controls.pressButton();
        },
      },
    );
    await cell.attach('evtest', stdout, 'text/plain');
    expect([...stdout.matchAll(/\(KEY_CAMERA\), value (\d)/g)].map(([, value]) => value)).to.deep.equal(['1', '0']);
  });
});

/** `MJPG 640x480 45.000` for each rate that v4l2-ctl lists; what a camera tells twice is there twice. */
function listed(text: string): string[] {
  const found: string[] = [];
  let [format, size] = ['', ''];
  for (const line of text.split('\n')) {
    format = /^\s*\[\d+\]: '(\w+)'/.exec(line)?.[1] ?? format;
    size = /Size: Discrete (\d+x\d+)/.exec(line)?.[1] ?? size;
    const rate = /Interval: Discrete .*\(([\d.]+) fps\)/.exec(line)?.[1];
    if (rate !== undefined) found.push(`${format} ${size} ${rate}`);
  }
  return found;
}
