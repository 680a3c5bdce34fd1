import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import { examineDisks, examineHost } from './examine-host.ts';
import { examineCaches, examineImages, examineLeftovers } from './examine-lab.ts';
import { examineAccelerator, examineVersions } from './examine-tools.ts';

describe('doctor', () => {
  const names = ['HWLAB_CACHE', 'HWLAB_RUNTIME', 'HWLAB_ACCELERATOR', 'PATH'] as const;
  const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-doctor-'));
    process.env['HWLAB_CACHE'] = join(folder, 'cache');
    process.env['HWLAB_RUNTIME'] = join(folder, 'run');
  });
  afterEach(() => {
    for (const name of names) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
    rmSync(folder, { recursive: true });
  });

  it('gives an advice with everything that is not ok, and an id to each finding', async () => {
    const findings = [...examineHost(), ...(await examineDisks(true)), ...(await examineImages()).findings, await examineCaches(Deadline.after(4000)), await examineLeftovers(Deadline.after(4000), false)];
    for (const finding of findings) {
      expect(finding.found, finding.id).not.to.equal('');
      expect(finding.advice !== undefined, finding.id).to.equal(finding.level !== 'ok');
    }
    expect(new Set(findings.map((finding) => finding.id)).size).to.equal(findings.length);
  });

  it('names a folder that cannot be used, and how to choose another', async () => {
    writeFileSync(join(folder, 'cache'), 'a file');
    const finding = (await examineDisks(true)).find((one) => one.id === 'disk-cache');
    expect(finding).to.include({ level: 'problem' });
    expect(finding?.advice).to.contain('HWLAB_CACHE');
  });

  it('says that the reference image is not built yet', async () => {
    const { findings, built } = await examineImages();
    expect(built).to.equal(false);
    expect(findings.find((one) => one.id === 'image-debian-12')).to.include({ level: 'warning', found: 'not built yet' });
  });

  it('bounds a tool that hangs or prints nonsense', async () => {
    writeFileSync(join(folder, 'git'), '#!/bin/sh\nexec sleep 60\n');
    writeFileSync(join(folder, 'java'), '#!/bin/sh\necho broken >&2; exit 5\n');
    for (const name of ['git', 'java']) chmodSync(join(folder, name), 0o755);
    process.env['PATH'] = `${folder}:${process.env['PATH'] ?? ''}`;
    const findings = await examineVersions(Deadline.after(1500));
    expect(findings.filter((one) => one.id === 'version-git' || one.id === 'version-java').map((one) => one.level)).to.deep.equal(['warning', 'warning']);
  });

  it('tells software emulation as a warning, not as a problem', async () => {
    process.env['HWLAB_ACCELERATOR'] = 'tcg';
    expect(await examineAccelerator(Deadline.after(4000))).to.include({ level: 'warning' });
    process.env['HWLAB_ACCELERATOR'] = 'kvm';
    expect(await examineAccelerator(Deadline.after(4000))).to.include({ level: 'ok' });
  });
});
