import type { Deadline } from '../../base/deadline.ts';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { Shell } from '../../capabilities/shell.ts';

/**
 * Keeps kernel modules from loading, for negative controls; unloads them where they are in, which may take some tries while something uses them. udev
 * keeps modprobe.d in memory, so it is told.
 * @throws HwlabError usage `bad-module-name`; lab `module-stays` when one cannot be unloaded, for then the control proves nothing
 */
export async function blacklistModules(shell: Shell, modules: readonly string[], deadline: Deadline): Promise<void> {
  for (const name of modules) {
    if (!/^[a-z0-9_]{1,60}$/i.test(name)) throw new HwlabError({ code: 'bad-module-name', blame: 'usage', message: `"${name}" is not a kernel module's name` });
  }
  const lines = modules.map((name) => `blacklist ${name}\ninstall ${name} /bin/false\n`).join('');
  const script = `cat > /etc/modprobe.d/hwlab-negative-control.conf; udevadm control --reload; for m in ${modules.join(' ')}; do
i=0; while [ -e /sys/module/$m/initstate ] && [ $i -lt 25 ]; do modprobe -r $m 2>/dev/null || sleep 0.2; i=$((i+1)); done
if [ -e /sys/module/$m/initstate ]; then echo "$m, used $(cat /sys/module/$m/refcnt) times $(ls /sys/module/$m/holders)"; fi
done`;
  const { stdout } = await shell.run(script, { deadline, input: lines });
  const [stays] = stdout.trim().split('\n');
  if (stays) throw new HwlabError({ code: 'module-stays', blame: 'lab', retryable: true, message: `the guest does not let go of a kernel module that is to be missing: ${stays.trim().slice(0, 200)}` });
}
