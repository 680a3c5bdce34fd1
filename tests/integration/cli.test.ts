import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../harness/base/places.ts';
import { commandTable } from '../../harness/cli/command-table.ts';

interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a person meets it, by spawning it; no guest is started. */
describe('the command line', function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab cli '));
  });
  after(() => rmSync(folder, { recursive: true }));

  function hwlab(...args: string[]): Said {
    const { status, stdout, stderr } = spawnSync(join(projectRoot, 'hwlab'), args, { encoding: 'utf8', env: { ...process.env, HWLAB_CACHE: join(folder, 'cache') }, timeout: 50_000 });
    return { code: status, stdout, stderr };
  }

  for (const name of commandTable.flatMap((entry) => entry.names)) {
    it(`${name} --help shows an example and the exit codes`, () => {
      const said = hwlab(name, '--help');
      const help = said.stdout + (/\blist\b/.test(said.stdout) && !said.stdout.includes('Exit codes') ? hwlab(name, 'list', '--help').stdout : '');
      expect(said.code, said.stderr).to.equal(0);
      expect(help).to.match(/Examples?:/);
      expect(help).to.match(/Exit codes?/);
    });
  }

  const wrong: readonly [string, string[], RegExp][] = [
    ['an unknown command names the near one', ['nigthly'], /did you mean: nightly/],
    ['an unknown option', ['nightly', '--plam', 'smoke'], /--plan/],
    ['an unknown plan', ['nightly', '--plan', 'smoek'], /did you mean "smoke"/],
    ['an unknown model', ['run', '--device', 'arduino-uno-r2'], /did you mean .*"arduino-uno-r3"/],
    ['an unknown suite', ['run', '--device', 'arduino-uno-r3', '--suite', 'robotic'], /did you mean .*"robotics"/],
    ['an unknown image', ['run', '--device', 'arduino-uno-r3', '--image', 'debian-21'], /did you mean .*"debian-12"/],
    ['an unknown night', ['nightly', '--resume', '20200101-000000-none'], /no night "20200101-000000-none"/],
    ['too many slots', ['nightly', '--slots', '0'], /from 1 to 64/],
  ];
  for (const [name, args, message] of wrong) {
    it(`${name}: exit 2 and what to do`, () => {
      const said = hwlab(...args);
      expect(said.stderr).to.match(message);
      expect(said.code).to.equal(2);
    });
  }

  it('a plan that breaks its schema gives file, line, pointer, expected and found', () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(file, 'name: bad\nimages: [debian-12]\nmachines: [vm-basic]\nmodels: all\nsuites: model\ndeadlineMinutes: soon\n');
    const said = hwlab('nightly', '--plan', file, '--json');
    expect(said.code).to.equal(2);
    expect(said.stderr).to.contain('bad.yaml:6').and.to.contain('/deadlineMinutes').and.to.match(/expected .*number/).and.to.contain('soon');
    const { error } = JSON.parse(said.stdout) as { error: { code: string; blame: string } };
    expect(error).to.include({ code: 'data-invalid', blame: 'usage' });
  });

  it('a dry run prints the cells and an estimate and starts nothing', () => {
    const said = hwlab('nightly', '--dry-run', '--json', '--db', join(folder, 'db'));
    expect(said.code, said.stderr).to.equal(0);
    const dry = JSON.parse(said.stdout) as { cells: { suite: string }[]; estimateSeconds: number };
    expect(dry.cells.map((cell) => cell.suite).sort()).to.deep.equal(['panels', 'printers', 'printers-ipp', 'robotics', 'scanners']);
    expect(dry.estimateSeconds).to.be.greaterThan(0);
  });

  it('--yes before the command is for every command', () => {
    expect(hwlab('--yes', 'model', 'list').code).to.equal(0);
    expect(hwlab('-y', 'check', 'arduino-uno-r3').code).to.equal(0);
  });

  it('works from another folder', () => {
    const { status, stdout } = spawnSync(join(projectRoot, 'hwlab'), ['model', 'list', '--json'], { encoding: 'utf8', cwd: folder });
    expect(status).to.equal(0);
    expect((JSON.parse(stdout) as { model: string }[]).map((row) => row.model)).to.include('arduino-uno-r3');
  });
});
