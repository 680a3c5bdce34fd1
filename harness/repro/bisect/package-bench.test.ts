import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Deadline } from '../../base/deadline.ts';
import { parseStatus, type PackageSet } from '../../images/packages/installed-packages.ts';
import type { Subject } from './experiment.ts';
import { differenceOf, PackageBench } from './package-bench.ts';

const set = (...lines: readonly string[]): PackageSet => parseStatus(lines.map((line) => line.split(' | ')).map(([head = '', ...fields]) => [`Package: ${head.split(' ')[0]}`, 'Status: install ok installed', `Version: ${head.split(' ')[1]}`, 'Architecture: amd64', ...fields].join('\n')).join('\n\n'));
const good: Subject = { image: 'os-1', key: '0'.repeat(16), label: 'os-1' };

describe('the good image with packages of the bad one', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hwlab-bench-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const difference = differenceOf(set('a 1', 'b 1', 'old 1', 'linux-image-6.1.0-1-amd64 6.1'), set('a 2 | Depends: b (>= 1:2)', 'b 1:2', 'linux-image-6.1.0-2-amd64 6.2', 'linux-base 5'));
  const bench = async (reboot = false): Promise<PackageBench> => await PackageBench.open(good, { ...good, image: 'os-2' }, difference, { folder, debs: folder, reboot, deadline: Deadline.after(5000), progress: () => expect.fail('all files are given') });
  const debs = (): void => ['a_2_amd64.deb', 'b_2_amd64.deb'].forEach((name) => writeFileSync(join(folder, name), 'x'));
  const step = (it: PackageBench, name: string): number => it.steps.findIndex(([text]) => text?.startsWith(name));

  it('leaves the kernel alone: it is another question, and the one that runs must stay', async () => {
    debs();
    expect((await bench()).steps).to.deep.equal([['b 1 -> 1:2'], ['a 1 -> 2'], ['old removed']]);
  });

  it('brings what a step cannot be made without, takes files that are given, and removes what the bad one has not', async () => {
    debs();
    const it = await bench();
    const { packages, label } = it.subject([step(it, 'a ')]);
    expect([packages?.install.map((file) => basename(file)), packages?.remove, label]).to.deep.equal([['b_2_amd64.deb', 'a_2_amd64.deb'], [], 'os-1 with 2 of 3 packages']);
    expect(it.subject([step(it, 'old ')]).packages).to.deep.equal({ install: [], remove: ['old'], reboot: false });
    expect(it.subject([])).to.equal(good);
  });

  it('is known again by what it is made of: a boot or a mended file make it another one', async () => {
    debs();
    const keys = [(await bench()).subject([0]).key, (await bench()).subject([0]).key, (await bench(true)).subject([0]).key];
    writeFileSync(join(folder, 'b_2_amd64.deb'), 'mended');
    keys.push((await bench()).subject([0]).key, (await bench()).subject([1]).key);
    expect(keys[0]).to.match(/^[0-9a-f]{16}$/).and.to.equal(keys[1]);
    expect(new Set(keys).size).to.equal(4);
  });
});
