import { expect, feature, suite } from '../../harness/index.ts';
import { sleepAndWake } from '../robotics/machine-sleep.ts';
import { busDevices, drivenPart, linesOf, needPart, type MachineCell } from './machine-cell.ts';
import { undriven, undrivenLine } from './read-parts.ts';

/** Smallest size of a picture that the system's desktop is made for. */
const leastWidth = 1024;
const leastHeight = 720;

suite('machine', () => {
  feature('machine.drivers', 'every device of the machine has its driver', async (cell: MachineCell) => {
    const devices = await busDevices(cell);
    cell.measure('devices', devices.length);
    expect(devices, 'devices on the buses of the machine').not.to.have.lengthOf(0);
    expect(undriven(devices).map(undrivenLine), 'devices without a driver').to.deep.equal([]);
  });

  feature('machine.graphics', 'the graphics card has its driver and shows a picture that is large enough', async (cell: MachineCell) => {
    await drivenPart(cell, 'graphics');
    const { stdout } = await cell.guest.run('for c in /sys/class/drm/card*-*; do [ -e "$c/status" ] && echo "$(basename $c) $(cat $c/status) $(head -n 1 $c/modes)"; done; true');
    await cell.attach('connectors', stdout, 'text/plain');
    const connected = linesOf(stdout).filter((line) => / connected( |$)/.test(line));
    expect(connected, 'screens that the graphics driver (DRM) sees').not.to.have.lengthOf(0);
    for (const line of connected) {
      const [, width = '0', height = '0'] = / (\d+)x(\d+)/.exec(line) ?? [];
      expect(Number(width), `width of the first mode of ${line}`).to.be.at.least(leastWidth);
      expect(Number(height), `height of the first mode of ${line}`).to.be.at.least(leastHeight);
    }
  });

  feature('machine.sound', 'the sound device has its driver and can play', async (cell: MachineCell) => {
    await drivenPart(cell, 'sound');
    const { stdout } = await cell.guest.run('cat /proc/asound/pcm');
    await cell.attach('sound devices', stdout, 'text/plain');
    expect(linesOf(stdout).filter((line) => /playback [1-9]/.test(line)), 'devices that play').not.to.have.lengthOf(0);
  });

  feature('machine.ethernet', 'the network card has its driver and its link is up', async (cell: MachineCell) => {
    await drivenPart(cell, 'ethernet');
    const { stdout } = await cell.guest.run('for n in /sys/class/net/*; do [ -e "$n/device" ] && [ ! -e "$n/wireless" ] && echo "$(basename $n) $(cat $n/carrier 2>/dev/null) $(cat $n/operstate) $(basename $(readlink -f $n/device/driver))"; done; true');
    await cell.attach('network interfaces', stdout, 'text/plain');
    expect(linesOf(stdout), 'wired network interfaces').not.to.have.lengthOf(0);
    expect(linesOf(stdout).filter((line) => / 1 up /.test(line)), 'wired network interfaces with a link').not.to.have.lengthOf(0);
  });

  feature('machine.wifi', 'the Wi-Fi card has its driver, and its radio can be switched on', async (cell: MachineCell) => {
    const { stdout } = await cell.guest.run('for n in /sys/class/net/*/phy80211; do [ -e "$n" ] && echo "$(basename $(dirname $n))"; done; true');
    if (linesOf(stdout).length === 0) await drivenPart(cell, 'wifi');
    expect(linesOf(stdout), 'wireless network interfaces').not.to.have.lengthOf(0);
    const { stdout: blocked } = await cell.guest.run('for r in /sys/class/rfkill/*; do [ -e "$r" ] && echo "$(cat $r/type) $(cat $r/hard)"; done; true');
    expect(linesOf(blocked), 'radios that a switch keeps off').not.to.include('wlan 1');
    // Many drivers ask for their firmware only now. What was down is down again afterwards, and what an administrator or the system blocked stays blocked.
    for (const name of linesOf(stdout)) {
      const up = await cell.guest.run(`n=${name}; before=$(cat /sys/class/net/$n/flags); ip link set "$n" up 2>&1; code=$?; [ $((before & 1)) = 1 ] || ip link set "$n" down; echo $code`);
      expect(linesOf(up.stdout).at(-1), `switching ${name} on: ${up.stdout.trim()}`).to.equal('0');
    }
  });

  feature('machine.camera', 'the built-in camera has its driver and gives a picture', async (cell: MachineCell) => {
    const { stdout } = await cell.guest.run('for v in /sys/class/video4linux/*; do [ -e "$v" ] && echo "$(basename $v) $(cat $v/index) $(cat $v/name)"; done; true');
    await cell.attach('cameras', stdout, 'text/plain');
    const unbound = undriven(await busDevices(cell)).filter((device) => device.bus === 'usb' && device.class.startsWith('0e'));
    expect(unbound.map(undrivenLine), 'cameras without a driver').to.deep.equal([]);
    // The second node of a camera of the video class has no pictures but metadata.
    const nodes = linesOf(stdout).filter((line) => line.split(' ')[1] === '0').map((line) => line.split(' ')[0] ?? '');
    needPart(cell, 'camera', nodes.length > 0);
    for (const node of nodes) {
      const taken = await cell.guest.run(`f=$(mktemp); v4l2-ctl -d /dev/${node} --stream-mmap --stream-count=2 --stream-to="$f" 2>&1; code=$?; wc -c <"$f"; rm -f "$f"; echo $code`, { within: 20 });
      await cell.attach(`picture of ${node}`, taken.stdout, 'text/plain');
      const [bytes, code] = linesOf(taken.stdout).slice(-2);
      expect(code, `taking pictures with ${node}: ${taken.stdout.trim()}`).to.equal('0');
      expect(Number(bytes), `bytes of the pictures of ${node}`).to.be.above(0);
    }
  });

  feature('machine.battery', 'the battery says how full it is', async (cell: MachineCell) => {
    const { stdout } = await cell.guest.run('for p in /sys/class/power_supply/*; do [ -e "$p" ] && [ "$(cat $p/type)" = Battery ] && echo "$(basename $p) $(cat $p/capacity) $(cat $p/status)"; done; true');
    await cell.attach('batteries', stdout, 'text/plain');
    const batteries = linesOf(stdout);
    needPart(cell, 'battery', batteries.length > 0);
    for (const line of batteries) {
      const [name, capacity = '', ...status] = line.split(' ');
      expect(Number(capacity || 'nothing'), `percent of ${name}`).to.be.within(0, 100);
      expect(status.join(' '), `state of ${name}`).to.be.oneOf(['Charging', 'Discharging', 'Full', 'Not charging']);
    }
  });

  feature('machine.thermal', 'its temperatures can be read and are possible', async (cell: MachineCell) => {
    const { stdout } = await cell.guest.run('for t in /sys/class/thermal/thermal_zone*/temp /sys/class/hwmon/hwmon*/temp*_input; do [ -e "$t" ] && echo "$t $(cat $t 2>/dev/null)"; done; true');
    await cell.attach('temperatures', stdout, 'text/plain');
    const readings = linesOf(stdout).map((line) => line.split(' ')).filter(([, value]) => value !== undefined);
    needPart(cell, 'thermal', readings.length > 0);
    // Thousandths of a degree Celsius (the kernel's Documentation/hwmon/sysfs-interface).
    for (const [name, value] of readings) expect(Number(value) / 1000, `degrees of ${name}`).to.be.within(-20, 115);
  });

  feature(
    'machine.sleep',
    'it sleeps and wakes up, and has all its devices again',
    async (cell: MachineCell) => {
      const driven = async (): Promise<readonly string[]> => (await busDevices(cell)).map(({ bus, name, driver }) => `${bus} ${name}: ${driver}`);
      const before = await driven();
      await sleepAndWake(cell);
      expect(await driven(), 'drivers after sleep').to.deep.equal(before);
    },
    { within: 60 },
  );
});
