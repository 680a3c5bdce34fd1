import { expect } from 'chai';
import type { CellContext, HidTouchControls, Sent } from '../../harness/index.ts';
import { assertControllerAsked } from './controller-asked.ts';

const sent = (stops: number): Sent => ({ frames: 9, reports: 9, longestGap: 8, milliseconds: 70, stops });

function cell(controller: string): { readonly cell: CellContext<HidTouchControls>; readonly asked: string[]; readonly measured: number[] } {
  const asked: string[] = [];
  const measured: number[] = [];
  const fake: unknown = {
    unit: { sysfs: () => Promise.resolve('/sys/bus/usb/devices/2-1') },
    guest: {
      run: (command: string) => {
        asked.push(command);
        return Promise.resolve({ exitCode: 0, stdout: `${controller}\n`, stderr: '' });
      },
    },
    measure: (_: string, value: number) => measured.push(value),
  };
  return { cell: fake as CellContext<HidTouchControls>, asked, measured };
}

async function codeOf(promise: Promise<void>): Promise<unknown> {
  return await promise.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

describe('who stopped asking a panel for reports', () => {
  it('is nobody where none stopped, and the guest is not asked', async () => {
    const { cell: fake, asked } = cell('UHCI Host Controller');
    expect(await codeOf(assertControllerAsked(fake, sent(0)))).to.equal(undefined);
    expect(asked).to.deep.equal([]);
  });

  it("is the rig with QEMU's UHCI controller, and left to the test with any other", async () => {
    const uhci = cell('UHCI Host Controller');
    expect(await codeOf(assertControllerAsked(uhci.cell, sent(2)))).to.equal('rig-too-slow');
    expect(uhci.measured).to.deep.equal([2]);
    const xhci = cell('xHCI Host Controller');
    expect(await codeOf(assertControllerAsked(xhci.cell, sent(2)))).to.equal(undefined);
    expect(xhci.measured).to.deep.equal([2]);
  });
});
