import { expect } from 'chai';
import { execaSync } from 'execa';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../canonical-json.ts';
import { tolerate } from './lint-exceptions.ts';
import type { FoundProblem } from './lint-rule.ts';

describe('exceptions of the linter', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hwlab-exceptions-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const problem = (message: string, rule = 'tidy'): FoundProblem => ({ rule, file: 'a.json', line: 1, column: 1, message, severity: 'error' });
  const exception = (message: string, rule = 'tidy') => ({ rule, file: 'a.json', message, reason: 'nobody knows the maker yet' });

  function list(most: Readonly<Record<string, number>>, ...exceptions: readonly object[]): void {
    writeFileSync(join(folder, 'lint-exceptions.json'), canonicalJson({ schema: 'hwlab/lint-exceptions/1', most, exceptions }));
  }

  async function left(problems: readonly FoundProblem[], fix = false): Promise<readonly string[]> {
    return (await tolerate(problems, folder, fix)).problems.map(({ rule, message }) => `${rule}: ${message}`);
  }

  it('puts up with nothing where there is no list', async () => expect(await left([problem('x')])).to.deep.equal(['tidy: x']));

  it('puts up with what is listed, and with nothing else', async () => {
    list({ tidy: 1 }, exception('x'));
    expect(await left([problem('x'), problem('y'), problem('x', 'other')])).to.deep.equal(['tidy: y', 'other: x']);
    expect((await tolerate([problem('x')], folder, false)).tolerated).to.equal(1);
  });

  it('fails on an exception that nothing needs, and tells its line', async () => {
    list({ tidy: 2 }, exception('x'), exception('gone'));
    const { problems } = await tolerate([problem('x')], folder, false);
    expect(problems.map(({ message, line }) => `${line} ${message}`)).to.deep.equal(['14 nothing needs this exception any more: tidy in a.json']);
  });

  it('fails on more exceptions than it allows, and on fewer', async () => {
    list({ tidy: 1 }, exception('x'), exception('y'));
    expect(await left([problem('x'), problem('y')])).to.deep.equal(['exceptions-shrink: there are 2 exceptions of tidy, "most" allows 1']);
    list({ tidy: 3 }, exception('x'));
    expect(await left([problem('x')])).to.deep.equal(['exceptions-shrink: "most" allows 3 exceptions of tidy, there are only 1']);
  });

  it('fix removes what is not needed and lowers the count, and never raises it', async () => {
    list({ tidy: 2, old: 4 }, exception('x'), exception('gone'));
    expect(await left([problem('x')], true)).to.deep.equal([]);
    expect(JSON.parse(readFileSync(join(folder, 'lint-exceptions.json'), 'utf8'))).to.deep.include({ most: { tidy: 1 }, exceptions: [exception('x')] });
    list({ tidy: 1 }, exception('x'), exception('y'));
    expect(await left([problem('x'), problem('y')], true)).to.have.length(1);
    expect(JSON.parse(readFileSync(join(folder, 'lint-exceptions.json'), 'utf8'))).to.deep.include({ most: { tidy: 1 } });
  });

  it('remembers through git: a count that went down never goes up again, also after it was committed', async () => {
    const git = (...args: readonly string[]): void => void execaSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args]);
    git('init', '-q');
    const commit = (): void => {
      git('add', '-A');
      git('commit', '-qm', 'x');
    };
    list({ tidy: 2 }, exception('x'), exception('y'));
    commit();
    list({ tidy: 1 }, exception('x'));
    commit();
    expect(await left([problem('x')])).to.deep.equal([]);
    list({ tidy: 2, fresh: 1 }, exception('x'), exception('y'), exception('z', 'fresh'));
    commit();
    expect(await left([problem('x'), problem('y'), problem('z', 'fresh')])).to.deep.equal(['exceptions-shrink: "most" of tidy is 2, and was 1 before']);
  });

  it('says what is wrong with a list that cannot be read, and puts up with nothing then', async () => {
    writeFileSync(join(folder, 'lint-exceptions.json'), '{ "most": 3 }\n');
    const problems = await left([problem('x')]);
    expect(problems[0]).to.equal('tidy: x');
    expect(problems[1]).to.match(/^exceptions-shrink: .*lint-exceptions\.json/);
  });
});
