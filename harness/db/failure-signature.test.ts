import { expect } from 'chai';
import { failureSignature, kernelTrouble, normaliseText, sameSignature, signaturesOf } from './failure-signature.ts';
import { exampleTest } from './example-result.ts';
import type { Failure } from './generated/result.ts';

function failure(message: string, code = 'assertion-failed'): Failure {
  return { code, blame: 'product', message };
}

describe('failureSignature', () => {
  it('is the same for one failure seen at other times, with other numbers, addresses and ids', () => {
    const pairs: readonly (readonly [string, string])[] = [
      ['expected 2 pages to equal 3', 'expected 0 pages to equal 14'],
      ['CUPS completes job 1: not so after 120.0 s; last seen: job-state = pending', 'CUPS completes job 7: not so after 30.0 s; last seen: nothing yet'],
      ['two frames were 101 ms apart', 'two frames were 202.5 ms apart'],
      ['/dev/bus/usb/001/004 is gone', '/dev/bus/usb/002/019 is gone'],
      ['UUID=66e3d829-bebd-5dc8-b841-3b260a59a2a5 twice', 'UUID=0bd9c1aa-0000-4dc8-b841-3b260a59a2ff twice'],
      ['at 0xffff8881 in /tmp/hwlab-x1f', 'at 0xdeadbeef in /tmp/hwlab-9qq'],
      ['the hub does not answer; it said b\'step 95\'', 'the hub does not answer; it said b\'\''],
      ['printer hwlab disabled since Sun Nov 22 04:28:56 2026', 'printer hwlab disabled since Mon Dec 1 14:03:01 2027'],
      ['not configured (2341:0043); kernel log ends: usb 1-1: reset', 'not configured (2341:0043); kernel log ends: usb 2-3: new device'],
    ];
    for (const [first, second] of pairs) expect(failureSignature('a.b', failure(first)).id, `${first} / ${second}`).to.equal(failureSignature('a.b', failure(second)).id);
  });

  it('differs by feature, by code, by words, by exit code, by trouble of the kernel', () => {
    const base = failureSignature('a.b', failure('the job: exit 1: no'));
    const others = [
      failureSignature('a.c', failure('the job: exit 1: no')),
      failureSignature('a.b', failure('the job: exit 1: no', 'not-ready')),
      failureSignature('a.b', failure('the queue: exit 1: no')),
      failureSignature('a.b', failure('the job: exit 124: no')),
      failureSignature('a.b', failure('the job: exit 1: no'), '[   12.1] usb 1-1: device descriptor read/64, error -71'),
    ];
    expect(new Set([base, ...others].map(({ id }) => id)).size).to.equal(6);
    expect(others.some((other) => sameSignature(base, other))).to.equal(false);
  });

  it('reads of a kernel log what is trouble, and not what drivers say in passing', () => {
    const log = [
      '[   10.1] usb 1-1: new high-speed USB device number 2 using xhci_hcd',
      '[   10.2] usb 1-1: device descriptor read/64, error -71',
      '[   10.9] usb 1-4: device descriptor read/8, error -71',
      '[   11.0] WARNING: CPU: 1 PID: 311 at drivers/usb/core/urb.c:504 usb_submit_urb+0x2a1/0x5d0 [usbcore]',
      '[   11.1] hwlab[811]: segfault at 10 ip 00007f1 sp 00007ffd error 4 in libcups.so.2[7f1+5]',
      '[   12.0] xhci_hcd 0000:00:05.0: ERROR Transfer event TRB DMA ptr not part of current TD ep_index 2 comp_code 1',
    ].join('\n');
    expect(kernelTrouble(log)).to.deep.equal(['device descriptor read/#, error -71', 'segfault of hwlab in libcups.so.#', 'warning in usb_submit_urb']);
    expect(kernelTrouble('usblp0: removed')).to.deep.equal([]);
  });

  it('stays short and quick with a hostile text', () => {
    const { text } = failureSignature('a.b', failure(`${'a1'.repeat(100_000)}${'- '.repeat(100_000)}`));
    expect(text.length).to.be.at.most(400);
    expect(normaliseText('\u0000\u001b[31m1')).to.equal('[#m#');
    expect(kernelTrouble(Array.from({ length: 5000 }, (_, index) => `BUG: thing${String.fromCharCode(97 + (index % 26))}${String.fromCharCode(97 + Math.floor(index / 26) % 26)}`).join('\n'))).to.have.length(20);
  });

  it('is made of the failure where a result stores none', () => {
    const [signature] = signaturesOf(exampleTest('printing.raw', 'FAIL'));
    expect(signature?.text).to.equal('expected # pages to equal #');
    expect(signaturesOf(exampleTest('printing.raw', 'PASS'))).to.deep.equal([]);
  });
});
