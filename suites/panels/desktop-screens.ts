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
  const { exitCode, stdout } = await cell.guest.run(`[ -e /dev/dri/card0 ] && [ -x /usr/local/lib/hwlab/browser ] || exit 1; [ -S ${socket} ] && ${swaymsg} -r -t get_tree || true`, { accept: [0, 1] });
  if (exitCode !== 0) cell.skip('an image with a desktop, on a machine with a display');
  const outputs = (readJson<Tree>(stdout.trim() || '{}').nodes ?? []).filter(({ name, type }) => type === 'output' && /^[A-Za-z]+-\d+$/.test(name ?? ''));
  const shows = (node: Tree): boolean => (node.pid ?? 0) > 0 || (node.nodes ?? []).some(shows) || (node.floating_nodes ?? []).some(shows);
  return [...outputs].sort((one, other) => Number(shows(other)) - Number(shows(one))).map(({ name }) => name ?? '');
}

/** Tells the desktop on which screen touches and pen strokes belong; '*' is what it does when nobody tells it. */
export async function mapInputs(cell: CellContext<HidTouchControls>, screen: string): Promise<void> {
  await cell.guest.run(`${swaymsg} "input type:touch map_to_output '${screen}'; input type:tablet_tool map_to_output '${screen}'"`, { accept: screen === '*' ? [0, 1, 2] : [0] });
}

/** Waits until the desktop has taken the panel for a touch screen: touches before that are lost on everybody. */
export async function desktopHasPanel(cell: CellContext<HidTouchControls>, within: number): Promise<void> {
  const { vendorId, productId } = cell.unit.model.usb;
  await cell.waitFor(
    'the desktop to take the panel for a touch screen',
    async () => {
      const inputs = readJson<readonly { readonly type?: string; readonly vendor?: number; readonly product?: number; readonly name?: string }[]>((await cell.guest.run(`${swaymsg} -r -t get_inputs`)).stdout);
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
