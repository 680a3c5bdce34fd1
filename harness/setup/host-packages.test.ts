import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Deadline } from '../base/deadline.ts';
import { consentOf } from './consent.ts';
import { ensureHostPackages } from './host-packages.ts';
import { hostRequirements, missingRequirements, type HostRequirement } from './host-requirements.ts';

describe('host packages', () => {
  const before = { path: process.env['PATH'], ci: process.env['CI'] };
  let folder = '';
  let said: string[] = [];

  const requirements = (): readonly HostRequirement[] => [
    { group: 'guest', package: 'flying-carpet', programs: ['hwlab-test-fly'] },
    { group: 'guest', package: 'magic-lamp', files: [join(folder, 'lamps/*.so')] },
    { group: 'test', package: 'not-asked-for', programs: ['hwlab-test-nothing'] },
  ];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-setup-'));
    said = [];
    mkdirSync(join(folder, 'lamps'));
    for (const tool of ['env', 'sh', 'touch', 'chmod']) symlinkSync(existsSync(`/usr/bin/${tool}`) ? `/usr/bin/${tool}` : `/bin/${tool}`, join(folder, tool));
    program('mkdir', 'true');
    program('sudo', 'shift; exec "$@"');
    process.env['PATH'] = folder;
  });
  afterEach(() => {
    process.env['PATH'] = before.path;
    if (before.ci === undefined) delete process.env['CI'];
    else process.env['CI'] = before.ci;
    rmSync(folder, { recursive: true });
  });

  function program(name: string, script: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }

  const apt = (more: string): void => program('apt-get', `echo "$DEBIAN_FRONTEND $*" >> '${folder}/log'\n${more}`);
  const installs = `case $* in *install*) echo "0 upgraded, 2 newly installed, 0 to remove"; touch '${'FOLDER'}/lamps/a.so' '${'FOLDER'}/hwlab-test-fly'; chmod 755 '${'FOLDER'}/hwlab-test-fly' ;; esac`;
  const ensure = (yes: boolean): Promise<unknown> =>
    ensureHostPackages(['guest'], { yes, interactive: false, deadline: Deadline.after(5000), progress: (line) => said.push(line), requirements: requirements() }).catch((error: unknown) => error);

  it('runs nothing when nothing is missing', async () => {
    program('hwlab-test-fly', 'true');
    writeFileSync(join(folder, 'lamps/a.so'), '');
    apt('exit 9');
    expect(await ensure(false)).to.equal(undefined);
    expect(said).to.deep.equal([]);
  });

  it('says what it installs, updates the lists first, and never asks', async () => {
    apt(installs.replaceAll('FOLDER', folder));
    expect(await ensure(true)).to.equal(undefined);
    expect(said[0]).to.equal('system packages to install: flying-carpet magic-lamp');
    expect(said).to.include('installing 2 packages, about 10 s');
    expect(readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')).to.deep.equal([
      'noninteractive -o DPkg::Lock::Timeout=300 update',
      'noninteractive -o DPkg::Lock::Timeout=300 install -y --no-install-recommends flying-carpet magic-lamp',
    ]);
  });

  it('goes on when a package list of somebody else cannot be read', async () => {
    apt(`case $* in *update*) echo 'E: vendor list is broken' >&2; exit 100 ;; esac; ${installs.replaceAll('FOLDER', folder)}`);
    expect(await ensure(true)).to.equal(undefined);
    expect(said.join('\n')).to.contain('vendor list is broken');
  });

  it('prints the exact command where it may not install', async () => {
    apt('exit 9');
    const error = await ensure(false);
    const sudo = process.getuid?.() === 0 ? '' : 'sudo ';
    expect(error).to.include({ code: 'host-packages-missing', blame: 'lab', advice: `run: ${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends flying-carpet magic-lamp` });
    expect(existsSync(join(folder, 'log'))).to.equal(false);
  });

  it('says what apt-get printed when it fails, and does not believe a success that changed nothing', async () => {
    apt("echo 'E: Unable to locate package magic-lamp' >&2; exit 100");
    expect(await ensure(true)).to.have.property('message').that.contains('Unable to locate package magic-lamp');
    apt('true');
    expect(await ensure(true)).to.include({ code: 'host-packages-missing' });
  });

  it('names what to provide where there is no apt-get', async () => {
    expect(await ensure(true)).to.have.property('advice').that.contains('hwlab-test-fly, magic-lamp');
  });

  it('takes CI for consent, but not CI=false', () => {
    process.env['CI'] = 'true';
    expect(consentOf({}).yes).to.equal(true);
    process.env['CI'] = 'false';
    expect(consentOf({}).yes).to.equal(false);
    expect(consentOf({ yes: true }).yes).to.equal(true);
    process.env['HWLAB_YES'] = '1';
    expect(consentOf({}).yes).to.equal(true);
    delete process.env['HWLAB_YES'];
  });

  it('finds what the project needs in the groups that are asked for', () => {
    expect(missingRequirements([], hostRequirements)).to.deep.equal([]);
    expect(new Set(hostRequirements.map((one) => one.group))).to.deep.equal(new Set(['guest', 'uefi', 'image', 'report', 'metal', 'metal-test', 'test']));
  });
});
