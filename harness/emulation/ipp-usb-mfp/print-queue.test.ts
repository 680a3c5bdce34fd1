import { expect } from 'chai';
import { OutputTray, type PaperQuirks } from './output-tray.ts';
import type { PrintJob } from './print-job.ts';
import { PrintQueue } from './print-queue.ts';

/** PWG raster of so many pages of one grey line of two pixels, each as dark as its number. */
function document(pages: number): Buffer {
  const page = (number: number): Buffer => {
    const header = Buffer.alloc(1796);
    for (const [at, value] of [[276, 150], [372, 2], [376, 1], [388, 8], [392, 2]] as const) header.writeUInt32BE(value, at);
    return Buffer.concat([header, Buffer.from([0, 1, number])]);
  };
  return Buffer.concat([Buffer.from('RaS2'), ...Array.from({ length: pages }, (_value, index) => page(index + 1))]);
}

class Bench {
  readonly tray: OutputTray;
  readonly queue: PrintQueue;

  constructor(quirks: PaperQuirks = {}, millisecondsPerPage = 0) {
    this.tray = new OutputTray(quirks);
    this.queue = new PrintQueue({ now: () => 0, millisecondsPerPage, createTimeOut: 60_000, tray: this.tray });
  }

  receive(bytes: Uint8Array): PrintJob {
    const job = this.queue.create({ name: 'exam', user: 'teacher', template: [] });
    job.beginDocument().push(bytes);
    return job;
  }

  print(bytes: Uint8Array): PrintJob {
    const job = this.receive(bytes);
    job.endDocument();
    this.queue.close(job);
    return job;
  }

  get pages(): number[] {
    return this.tray.sheets().map(({ page }) => page);
  }
}

describe('the print queue and its tray', () => {
  it('puts out what is on the pages, in order', () => {
    const bench = new Bench();
    const job = bench.print(document(3));
    expect(job.state).to.equal('completed');
    expect(bench.tray.sheets().map(({ job: id, page, printed }) => [id, page, printed?.picture.data[0], printed?.dotsPerInch])).to.deep.equal([[1, 1, 1, 150], [1, 2, 2, 150], [1, 3, 3, 150]]);
    bench.tray.empty();
    expect(bench.pages).to.deep.equal([]);
  });

  it('stops where paper runs out and goes on from there', () => {
    const bench = new Bench();
    bench.queue.loadPaper(2);
    const job = bench.print(document(3));
    expect([job.state, ...bench.pages]).to.deep.equal(['processing-stopped', 1, 2]);
    expect(bench.queue.paper).to.equal(false);
    bench.queue.loadPaper(10);
    expect([job.state, ...bench.pages]).to.deep.equal(['completed', 1, 2, 3]);
  });

  it('stops where a sheet gets stuck, and prints it again when it was taken out; one that loses it goes on with the next', () => {
    for (const [quirks, after] of [[{}, [1, 2, 3]], [{ losesStuckSheet: true }, [1, 3]]] as const) {
      const bench = new Bench(quirks);
      bench.queue.jamAfter(1);
      const job = bench.print(document(3));
      expect([job.state, ...bench.pages]).to.deep.equal(['processing-stopped', 1]);
      expect([bench.queue.jammed, bench.queue.ready, bench.queue.paper]).to.deep.equal([true, false, true]);
      bench.queue.clearJam();
      expect([job.state, ...bench.pages]).to.deep.equal(['completed', ...after]);
    }
  });

  it('has printed the whole pages of a document that broke off, and not the rest', () => {
    const bench = new Bench();
    const job = bench.receive(document(3).subarray(0, -10));
    job.endDocument();
    bench.queue.breakOff(job);
    expect([job.state, ...bench.pages]).to.deep.equal(['aborted', 1, 2]);
  });

  it('holds as soon as so many pages are in', () => {
    const bench = new Bench();
    bench.queue.holdAfterPages(2);
    const whole = document(3);
    const job = bench.receive(whole.subarray(0, whole.length / 2));
    expect(bench.queue.heldFor(job)).to.equal(undefined);
    const more = bench.receive(whole.subarray(0, whole.length - 10));
    expect(bench.queue.heldFor(more)).to.be.instanceOf(Promise);
    bench.queue.hold(false);
    expect(bench.queue.heldFor(more)).to.equal(undefined);
  });

  it('drops or repeats a page when it is told to, and takes its time', async () => {
    const dropping = new Bench({ dropsPage: 2 });
    dropping.print(document(3));
    expect(dropping.pages).to.deep.equal([1, 3]);
    const repeating = new Bench({ repeatsPage: 2 }, 1);
    const job = repeating.print(document(2));
    expect([job.state, ...repeating.pages]).to.deep.equal(['processing']);
    while (!job.ended) await new Promise((resolve) => setTimeout(resolve, 1));
    expect([job.state, ...repeating.pages]).to.deep.equal(['completed', 1, 2, 2]);
  });
});
