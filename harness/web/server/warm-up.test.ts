import { expect } from 'chai';
import type { LookupSource, SearchHit } from '../../db/lookup/lookup-source.ts';
import { warmUp } from './warm-up.ts';

/** A source of so many devices that counts what it is asked. */
function counting(devices: number): { readonly source: LookupSource; readonly asked: string[] } {
  const asked: string[] = [];
  const hits = Array.from({ length: devices }, (_unused, number): SearchHit => ({ device: { id: `model-${number}`, vendor: 'Maker', name: `Model ${number}`, fullName: `Maker Model ${number}`, classes: ['printer'], invented: false, path: `d/model-${number}` }, headlines: [] }));
  const source = {
    search: ({ text, limit }: { readonly text: string; readonly limit: number }) => {
      asked.push(`search ${text}`);
      return { total: devices, more: false, hits: hits.slice(0, limit) };
    },
    answer: (id: string) => void asked.push(`answer ${id}`),
  } as unknown as LookupSource;
  return { source, asked };
}

describe('warming up', () => {
  it('asks for other devices and beginnings of names in turn, and ends', async () => {
    const { source, asked } = counting(100);
    expect(await warmUp(() => source, new AbortController().signal)).to.equal(600);
    expect(asked.slice(0, 4)).to.deep.equal(['search ', 'answer model-0', 'search Ma', 'answer model-1']);
    expect(new Set(asked.filter((each) => each.startsWith('answer'))).size).to.equal(100);
  });

  it('lets requests in between, and ends at once when the server does', async () => {
    const control = new AbortController();
    const { source, asked } = counting(100);
    const warm = warmUp(() => source, control.signal);
    await new Promise(setImmediate);
    control.abort();
    expect(await warm).to.be.below(10);
    expect(asked.length).to.be.below(12);
  });

  it('has nothing to do for an empty database', async () => {
    expect(await warmUp(() => counting(0).source, new AbortController().signal)).to.equal(0);
  });
});
