import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ResultStore } from './result-store.ts';

const night = '20261122-031500-abcd';

/** Appends results for ever; prints the number of each one that was acknowledged. */
const program = `
  const { ResultStore } = await import(${JSON.stringify(join(import.meta.dirname, 'result-store.ts'))});
  const { exampleResult } = await import(${JSON.stringify(join(import.meta.dirname, 'example-result.ts'))});
  const store = ResultStore.open(process.argv[1]);
  for (let number = (await store.openNight('${night}')).results.length; ; number += 1) {
    await store.append(exampleResult({ id: '${night}-' + number, artefacts: Array(50).fill({ name: 'console', path: 'x'.repeat(400), mediaType: 'text/plain' }) }));
    process.stdout.write(number + '\\n');
  }
`;

describe('ResultStore under kill -9', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-kill-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has every acknowledged result and no broken line, however often it is killed', async function () {
    this.timeout(30_000);
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.on('data', (data: Buffer) => (output += data.toString()));
      const ended = once(child, 'close');
      await once(child.stdout, 'data');
      await delay(Math.random() * 60);
      child.kill('SIGKILL');
      await ended;
      const acknowledged = Number(output.trimEnd().split('\n').at(-1));

      const seen: string[] = [];
      const bad: number[] = [];
      for await (const result of ResultStore.open(folder).results({}, (line) => line.unfinished || bad.push(line.line))) seen.push(result.id);
      expect(bad).to.deep.equal([]);
      expect(seen).to.deep.equal(seen.map((_id, index) => `${night}-${index}`));
      expect(seen.length).to.be.within(acknowledged + 1, acknowledged + 2);
    }
  });
});
