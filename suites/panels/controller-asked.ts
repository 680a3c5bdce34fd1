import { HwlabError, type CellContext, type HidTouchControls, type Sent } from '../../harness/index.ts';

/**
 * Reports that the panel sent while nobody asked for them are lost. Whoever stopped asking is to blame: a driver of the product on most machines, but QEMU's
 * UHCI controller by itself, which gives an endpoint up that the guest has not served for 32 frames, as on a rig that is too slow (docs/decisions/0010).
 * @throws HwlabError lab `rig-too-slow` in the second case
 */
export async function assertControllerAsked(cell: CellContext<HidTouchControls>, sent: Sent): Promise<void> {
  if (sent.stops === 0) return;
  cell.measure('touch.polling.stops', sent.stops);
  const { stdout } = await cell.guest.run(`cat "$(readlink -f ${await cell.unit.sysfs()}/..)/product"`);
  if (!stdout.includes('UHCI')) return;
  throw new HwlabError({
    code: 'rig-too-slow',
    blame: 'lab',
    retryable: true,
    message: `the rig was too slow for the emulated UHCI controller: it gave the panel up ${sent.stops} times in ${sent.milliseconds} ms of touches, as the guest did not serve it for 32 frames, and what the panel had sent was lost`,
    advice: 'run fewer slots at a time on this station, use hardware virtualisation, or a machine profile with xHCI',
    facts: { stops: sent.stops },
  });
}
