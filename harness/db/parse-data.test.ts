import { expect } from 'chai';
import { HwlabError } from '../base/hwlab-error.ts';
import { parseData } from './parse-data.ts';

const plan = `name: smoke
images: [reference]
machines: [pc]
models: all
suites: model
deadlineMinutes: 10
`;

function errorOf(file: string, text: string, schema: string): HwlabError {
  try {
    parseData(file, text, schema);
  } catch (error) {
    if (error instanceof HwlabError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

describe('parseData', () => {
  it('returns a YAML document that keeps its schema', () => {
    expect(parseData('plan.yaml', plan, 'plan')).to.deep.include({ name: 'smoke', models: 'all' });
  });

  it('returns a JSON document that keeps its schema', () => {
    expect(parseData('p.json', '{ "suite": "printers", "features": { "printing.raw": "required" } }', 'profile')).to.have.property('suite', 'printers');
  });

  const table: readonly (readonly [string, string, string, string, Record<string, unknown>])[] = [
    ['an unknown property', 'plan.yaml', `${plan}deadlineMinute: 3\n`, 'plan', { line: 7, column: 1, pointer: '/deadlineMinute', found: 'property "deadlineMinute"' }],
    ['a missing property', 'plan.yaml', 'name: x\n', 'plan', { line: 1, column: 1, pointer: '', expected: 'property "images"' }],
    ['a wrong type', 'plan.yaml', plan.replace('10', 'soon'), 'plan', { line: 6, column: 18, pointer: '/deadlineMinutes', expected: 'number', found: '"soon"' }],
    ['a wrong item', 'plan.yaml', plan.replace('[reference]', '[ok, 7]'), 'plan', { line: 2, column: 14, pointer: '/images/1', expected: 'string', found: '7' }],
    ['no alternative fits', 'plan.yaml', plan.replace('all', 'every'), 'plan', { line: 4, column: 9, pointer: '/models', expected: '"all", or array', found: '"every"' }],
    ['a value outside an enum', 'p.json', '{\n  "suite": "a",\n  "features": {\n    "a.b": "requried"\n  }\n}', 'profile', { line: 4, column: 12, pointer: '/features/a.b', found: '"requried"', advice: 'did you mean "required"?' }],
    ['a wrong property name', 'p.json', '{"suite": "a", "features": {"a": "required"}}', 'profile', { line: 1, column: 29, pointer: '/features/a' }],
    ['a JSON syntax error', 'p.json', '{\n  "suite": oops\n}', 'profile', { line: 2, column: 12 }],
    ['a JSON text that ends too early', 'p.json', '{\n  "suite": "a",\n', 'profile', { line: 3, column: 1 }],
    ['comments in JSON', 'p.json', '{ # no\n}', 'profile', { line: 1, column: 3 }],
    ['an empty file', 'p.json', '', 'profile', { line: 1, column: 1 }],
    ['a JSON key given twice', 'p.json', '{"suite": "a",\n "suite": "b", "features": {"a.b": "trial"}}', 'profile', { line: 2, column: 2 }],
    ['a YAML key given twice', 'plan.yaml', `${plan}name: other\n`, 'plan', { line: 7, column: 1 }],
    ['a YAML syntax error', 'plan.yaml', 'name: [1, 2\nimages: x\n', 'plan', { line: 2 }],
    ['nesting without end', 'p.json', '['.repeat(200_000), 'profile', { line: 1, column: 101 }],
    ['nesting without end in YAML blocks', 'p.yaml', Array.from({ length: 300 }, (_item, depth) => `${' '.repeat(depth)}a:`).join('\n'), 'profile', { line: 202 }],
    ['an alias bomb', 'p.yaml', `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefg"].map((key, at) => `${key}: &${key} [${Array(9).fill(`*${"abcdef"[at]}`).join(',')}]`).join('\n')}\n`, 'profile', { line: 1 }],
  ];
  for (const [what, file, text, schema, facts] of table) {
    it(`gives the place of ${what}`, () => {
      const error = errorOf(file, text, schema);
      const { advice, ...rest } = facts;
      expect(error.blame).to.equal('usage');
      expect(error.facts).to.deep.include({ file, ...rest });
      expect(error.message).to.match(new RegExp(`^${file}:${String(facts['line'])}:\\d+: `));
      if (advice !== undefined) expect(error.advice).to.equal(advice);
    });
  }

  it('lists every problem and says how many there are', () => {
    const error = errorOf('p.json', '{"suite": 1, "features": {"a.b": 2}, "x": 3}', 'profile');
    expect(error.facts['problems']).to.have.length(3);
    expect(error.message).to.match(/; and 2 more$/);
  });
});
