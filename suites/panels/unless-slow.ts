import { HwlabError, type CellContext } from '../../harness/index.ts';

const tries = 3;

/**
 * Does the gesture again when the rig was too slow for it: a stall of the station says nothing of the panel, and a gesture is short.
 * The last try's error stays, as the lab's fault; how often it was tried is measured.
 */
export async function unlessSlow(cell: CellContext<unknown>, gesture: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    if (attempt > 1) cell.measure('rig.stalls', attempt - 1);
    try {
      await gesture();
      return;
    } catch (error) {
      if (!(error instanceof HwlabError) || error.code !== 'rig-too-slow' || attempt >= tries) throw error;
    }
  }
}
