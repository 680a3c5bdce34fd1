import type { ScannerCell } from './scanner-cell.ts';

const unit = 'hwlab-window';
const folder = `/tmp/${unit}`;

/** The pupil's session: a screen that nobody sees, and the program on it. It says first where its programs speak with each other. */
const session = `export HOME=${folder} XDG_RUNTIME_DIR=${folder}/run DISPLAY=:77 GDK_BACKEND=x11 GSK_RENDERER=cairo GTK_A11Y=atspi LC_ALL=C.UTF-8
echo "$DBUS_SESSION_BUS_ADDRESS" > ${folder}/bus
Xvfb :77 -screen 0 1024x768x24 -nolisten tcp &
for i in $(seq 300); do [ -S /tmp/.X11-unix/X77 ] && break; sleep 0.1; done
exec simple-scan --debug > ${folder}/log 2>&1`;

/** Prints what a screen reader would be told of all windows, a line each: role, tab, name. With two arguments it presses what has this role and name. */
const reader = `import sys
import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib

def walk(node, left):
    if node is None or left == 0:
        return
    yield node
    for index in range(min(node.get_child_count(), 50)):
        yield from walk(node.get_child_at_index(index), left - 1)

for node in walk(Atspi.get_desktop(0), 40):
    try:
        role, name = node.get_role_name(), node.get_name()
        if [role, name] == sys.argv[1:3]:
            node.get_action_iface().do_action(0)
        if name:
            print(role + '\\t' + name)
    except GLib.GError:
        pass
`;

/** One thing in a window: `button`, `Scan`. */
export interface Widget {
  readonly role: string;
  readonly name: string;
}

/** A scanning program with windows, in a session of the pupil's; looked at as a screen reader does. */
export class ScanningWindow implements AsyncDisposable {
  readonly #cell: ScannerCell;

  private constructor(cell: ScannerCell) {
    this.#cell = cell;
  }

  /** Starts the program. Skips where the image has none, or nothing to see it with. */
  static async open(cell: ScannerCell): Promise<ScanningWindow> {
    const { exitCode } = await cell.guest.run("command -v simple-scan Xvfb dbus-run-session && python3 -c 'import gi'", { accept: [0, 1, 127] });
    if (exitCode !== 0) cell.skip('a scanning program with windows on the image (simple-scan), with Xvfb and AT-SPI to see it');
    await cell.guest.run(`systemctl stop ${unit} 2>/dev/null; systemctl reset-failed ${unit} 2>/dev/null; rm -rf ${folder}; install -d -o pupil -g pupil -m 700 ${folder} ${folder}/run`);
    for (const [name, content] of [['session', session], ['reader.py', reader]] as const) await cell.guest.putFile(`${folder}/${name}`, Buffer.from(content));
    await cell.guest.run(`chown pupil: ${folder}/*; systemd-run --quiet --unit=${unit} --uid=pupil --working-directory=${folder} dbus-run-session -- bash ${folder}/session`);
    return new ScanningWindow(cell);
  }

  /** What the windows show now; nothing while the program starts. */
  async widgets(press?: Widget): Promise<readonly Widget[]> {
    const quoted = press === undefined ? '' : ` '${press.role}' '${press.name}'`;
    const { stdout } = await this.#cell.guest.run(`cd ${folder} && [ -s bus ] && runuser -u pupil -- env HOME=${folder} XDG_RUNTIME_DIR=${folder}/run DISPLAY=:77 LC_ALL=C.UTF-8 DBUS_SESSION_BUS_ADDRESS="$(cat bus)" timeout 20 python3 reader.py${quoted} 2>/dev/null`, {
      accept: [0, 1, 124],
    });
    return stdout.split('\n').flatMap((line) => {
      const [role, name] = line.split('\t');
      return role !== undefined && name !== undefined ? [{ role, name }] : [];
    });
  }

  /** What the program has written, for the record. */
  async log(): Promise<string> {
    return (await this.#cell.guest.run(`tail -c 20000 ${folder}/log; true`)).stdout;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cell.guest.run(`systemctl stop ${unit}; true`).catch(() => undefined);
  }
}
