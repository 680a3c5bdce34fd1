import { HwlabError, type CellContext, type HidTouchControls } from '../../harness/index.ts';

const socket = '/run/user/1000/sway.sock';
const swaymsg = `swaymsg -s ${socket}`;

/** What sway tells of outputs, workspaces and windows (sway-ipc(7), GET_TREE). */
interface Tree {
  readonly name?: string | null;
  readonly type?: string;
  readonly pid?: number;
  readonly nodes?: readonly Tree[];
  readonly floating_nodes?: readonly Tree[];
}

/** Names of the desktop's screens, that of the browser first. Skips on an image without a desktop and on a machine without a display. */
export async function desktopScreens(cell: CellContext<HidTouchControls>): Promise<readonly string[]> {
  const { exitCode, stdout } = await cell.guest.run(`[ -e /dev/dri/card0 ] && [ -x /usr/local/lib/hwlab/browser ] || exit 3; [ -S ${socket} ] || exit 0; ${asked('-r -t get_tree')}`, { accept: [0, 3, 4] });
  if (exitCode === 4) throw tooBusy();
  if (exitCode === 3) cell.skip('an image with a desktop, on a machine with a display');
  const outputs = (readJson<Tree>(stdout.trim() || '{}').nodes ?? []).filter(({ name, type }) => type === 'output' && /^[A-Za-z]+-\d+$/.test(name ?? ''));
  const shows = (node: Tree): boolean => (node.pid ?? 0) > 0 || (node.nodes ?? []).some(shows) || (node.floating_nodes ?? []).some(shows);
  return [...outputs].sort((one, other) => Number(shows(other)) - Number(shows(one))).map(({ name }) => name ?? '');
}

/** The desktops that were told on which screen inputs belong. */
const told = new WeakSet<CellContext<HidTouchControls>['unit']>();

/** Tells the desktop that touches and pen strokes belong on a screen. */
export async function mapInputs(cell: CellContext<HidTouchControls>, screen: string): Promise<void> {
  if (told.has(cell.unit)) return;
  await askDesktop(cell, `"input type:touch map_to_output '${screen}'; input type:tablet_tool map_to_output '${screen}'"`);
  told.add(cell.unit);
}

/**
 * Makes the desktop forget what it was told. Not by mapping to '*': sway 1.7 looks for a screen of that name, finds none, and stops
 * reading the panel. A reload is asked for once, however long its answer takes: every further one would be carried out as well.
 */
export async function unmapInputs(cell: CellContext<HidTouchControls>): Promise<void> {
  if (!told.delete(cell.unit)) return;
  await cell.guest.run(`${swaymsg} reload 2>/run/hwlab-swaymsg || grep -q 'receive IPC response' /run/hwlab-swaymsg || { cat /run/hwlab-swaymsg >&2; exit 1; }`);
  await askDesktop(cell, '-t get_version');
}

/** swaymsg gives up after three seconds (sway, common/ipc-client.c), in which a busy desktop may not answer; the exit code is then 4. */
function asked(words: string): string {
  return `for i in $(seq 15); do ${swaymsg} ${words} 2>/run/hwlab-swaymsg && exit 0; grep -q 'receive IPC response' /run/hwlab-swaymsg || break; done; cat /run/hwlab-swaymsg >&2; grep -q 'receive IPC response' /run/hwlab-swaymsg && exit 4; exit 1`;
}

/** @throws HwlabError lab `rig-too-slow` when the desktop was too busy to answer at all */
async function askDesktop(cell: CellContext<HidTouchControls>, words: string): Promise<string> {
  const { exitCode, stdout } = await cell.guest.run(asked(words), { accept: [0, 4] });
  if (exitCode === 4) throw tooBusy();
  return stdout;
}

function tooBusy(): HwlabError {
  return new HwlabError({ code: 'rig-too-slow', blame: 'lab', retryable: true, message: 'the rig was too slow for a desktop: sway did not answer one question in 45 s', advice: 'run fewer slots at a time on this station, or use hardware virtualisation' });
}

/** Waits until the desktop has taken the panel for a touch screen: touches before that are lost on everybody. */
export async function desktopHasPanel(cell: CellContext<HidTouchControls>, within: number): Promise<void> {
  const { vendorId, productId } = cell.unit.model.usb;
  await cell.waitFor(
    'the desktop to take the panel for a touch screen',
    async () => {
      const inputs = readJson<readonly { readonly type?: string; readonly vendor?: number; readonly product?: number; readonly name?: string }[]>(await askDesktop(cell, '-r -t get_inputs'));
      const there = inputs.some(({ type, vendor, product }) => type === 'touch' && vendor === Number(vendorId) && product === Number(productId));
      return there ? { value: true } : { saw: inputs.map(({ name, type }) => `${name} (${type})`).join(', ').slice(0, 500) || 'no input device' };
    },
    within,
  );
}

function readJson<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new HwlabError({ code: 'strange-desktop', blame: 'product', message: `the desktop does not answer with JSON: ${text.slice(0, 200)}`, cause });
  }
}
