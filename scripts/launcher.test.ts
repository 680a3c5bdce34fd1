import { spawn } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../harness/base/places.ts';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('./hwlab', () => {
  let folder = '';
  let checkout = '';
  let programs = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab launcher '));
    checkout = join(folder, 'check out');
    programs = join(folder, 'bin');
    mkdirSync(join(checkout, 'harness/cli'), { recursive: true });
    mkdirSync(programs);
    copyFileSync(join(projectRoot, 'hwlab'), join(checkout, 'hwlab'));
    writeFileSync(join(checkout, 'package-lock.json'), '{}');
    for (const tool of ['sh', 'cat', 'sed', 'dirname', 'readlink', 'mkdir', 'rm', 'mv', 'sleep', 'date', 'cksum']) symlinkSync(`/bin/${tool}`.replace('/bin/cksum', '/usr/bin/cksum'), join(programs, tool));
    program('git', 'true');
    program('node', 'case $1 in --version) echo v20.11.1 ;; *) echo "host node: $*" ;; esac');
    program('npm', `echo "npm $*" >> '${folder}/npm.log'; mkdir -p node_modules/node/bin; sleep 0.1; printf '#!/bin/sh\\necho pinned; for a in "$@"; do echo "[$a]"; done\\n' > node_modules/node/bin/node; /bin/chmod 755 node_modules/node/bin/node`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function program(name: string, script: string): void {
    rmSync(join(programs, name), { force: true });
    writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(programs, name), 0o755);
  }

  function run(args: readonly string[], options: { readonly ci?: string; readonly file?: string; readonly cwd?: string } = {}): Promise<Ended> {
    const env = { PATH: programs, HOME: folder, ...(options.ci === undefined ? {} : { CI: options.ci }) };
    const child = spawn(options.file ?? join(checkout, 'hwlab'), args, { cwd: options.cwd ?? '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }

  const installs = (): number => (existsSync(join(folder, 'npm.log')) ? readFileSync(join(folder, 'npm.log'), 'utf8').trim().split('\n').length : 0);

  it('prints the exact command and stops where it may not install', async () => {
    for (const ci of [undefined, 'false', '0']) {
      const { code, stderr } = await run(['doctor'], ci === undefined ? {} : { ci });
      expect(code).to.equal(3);
      expect(stderr).to.contain(`(cd '${checkout}' && npm ci --no-audit --no-fund)`);
    }
    expect(installs()).to.equal(0);
  });

  it('installs once with --yes or in CI, says so, and hands the arguments on as they are', async () => {
    const first = await run(['check', 'HP  LaserJet "1020"', '--yes']);
    expect(first).to.include({ code: 0, stdout: `pinned\n[${checkout}/harness/cli/main.ts]\n[check]\n[HP  LaserJet "1020"]\n[--yes]\n` });
    expect(first.stderr).to.contain(`installing the npm packages of package-lock.json into ${checkout}/node_modules`);
    const second = await run([]);
    expect(second).to.include({ code: 0, stderr: '' });
    expect(installs()).to.equal(1);
    writeFileSync(join(checkout, 'package-lock.json'), '{"changed": true}');
    expect(await run([])).to.include({ code: 3 });
    expect(await run([], { ci: 'true' })).to.include({ code: 0 });
    expect(installs()).to.equal(2);
  });

  it('takes --yes only as an option of its own', async () => {
    expect(await run(['check', '--', '--yes'])).to.include({ code: 3 });
  });

  it('installs once when three start at the same time', async () => {
    const ended = await Promise.all([run(['a'], { ci: '1' }), run(['b'], { ci: '1' }), run(['c'], { ci: '1' })]);
    expect(ended.map(({ code }) => code)).to.deep.equal([0, 0, 0]);
    expect(installs()).to.equal(1);
    expect(existsSync(join(checkout, 'node_modules.installing'))).to.equal(false);
  });

  it('takes over the lock of a process that is gone', async () => {
    mkdirSync(join(checkout, 'node_modules.installing'));
    writeFileSync(join(checkout, 'node_modules.installing/pid'), '4194303\n');
    expect(await run([], { ci: '1' })).to.include({ code: 0 });
  });

  it('runs from any folder and through symbolic links', async () => {
    await run([], { ci: '1' });
    mkdirSync(join(folder, 'a b'));
    symlinkSync('../check out/hwlab', join(folder, 'a b/one'));
    symlinkSync(join(folder, 'a b/one'), join(folder, 'two'));
    for (const file of [join(folder, 'a b/one'), join(folder, 'two'), '../two']) {
      const { code, stdout } = await run(['x'], { file, cwd: join(folder, 'a b') });
      expect(code).to.equal(0);
      expect(stdout).to.contain(`[${checkout}/harness/cli/main.ts]`);
    }
  });

  it('says what the host lacks', async () => {
    program('node', 'echo v18.19.0');
    expect(await run([], { ci: '1' })).to.include({ code: 3 }).and.have.property('stderr').that.contains('v18.19.0 is too old');
    program('node', 'echo v20.11.1');
    for (const name of ['npm', 'node', 'git']) {
      rmSync(join(programs, name));
      const { code, stderr } = await run([], { ci: '1' });
      expect(code).to.equal(3);
      expect(stderr).to.match(/^hwlab: \S+ is not installed\n {2}what to do: /);
    }
  });

  it('stops with what to do when npm fails, and tries again the next time', async () => {
    program('npm', 'echo "npm error 503" >&2; exit 1');
    const { code, stderr } = await run([], { ci: '1' });
    expect(code).to.equal(3);
    expect(stderr).to.contain('npm error 503').and.contain('what to do');
    expect(await run([])).to.include({ code: 3 });
    expect(existsSync(join(checkout, 'node_modules.installing'))).to.equal(false);
  });

  it('runs the install step of the pinned Node when npm left it out', async () => {
    program('npm', 'mkdir -p node_modules/node; echo > node_modules/node/installArchSpecificPackage.js');
    program('node', `case $1 in --version) echo v20.11.1 ;; *) mkdir -p bin; printf '#!/bin/sh\\necho fetched\\n' > bin/node; /bin/chmod 755 bin/node ;; esac`);
    expect(await run([], { ci: '1' })).to.include({ code: 0, stdout: 'fetched\n' });
  });

  it('uses the host\'s Node 24 when the pinned one cannot be had, and stops with an older one', async () => {
    program('npm', 'mkdir -p node_modules');
    expect(await run([], { ci: '1' })).to.include({ code: 3 });
    program('node', 'case $1 in --version) echo v24.1.0 ;; *) echo "host node: $1" ;; esac');
    expect(await run([])).to.include({ code: 0, stdout: `host node: ${checkout}/harness/cli/main.ts\n` });
  });
});
