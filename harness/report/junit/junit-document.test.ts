import { expect } from 'chai';
import { parseStringPromise } from 'xml2js';
import type { NightSummary } from '../night-events.ts';
import { fakeNight } from '../testing/fake-night.ts';
import { junitDocument } from './junit-document.ts';
import { xmlText } from './xml-text.ts';

interface Node {
  readonly '#name': string;
  readonly $?: Readonly<Record<string, string>>;
  readonly _?: string;
  readonly $$?: readonly Node[];
}

async function parse(summary: NightSummary): Promise<Node> {
  const document = (await parseStringPromise(junitDocument(summary), { explicitChildren: true, preserveChildrenOrder: true, explicitRoot: false })) as Node;
  return document;
}

/** Children and attributes that the JUnit schema of Jenkins' xunit plugin (junit-10.xsd) allows, as far as we write them. */
const schema: Readonly<Record<string, { readonly children: readonly string[]; readonly attributes: readonly string[]; readonly required: readonly string[] }>> = {
  testsuites: { children: ['testsuite'], attributes: ['name', 'tests', 'failures', 'errors', 'time'], required: [] },
  testsuite: { children: ['properties', 'testcase', 'system-out', 'system-err'], attributes: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname', 'package', 'id'], required: ['name', 'tests', 'failures', 'errors'] },
  properties: { children: ['property'], attributes: [], required: [] },
  property: { children: [], attributes: ['name', 'value'], required: ['name', 'value'] },
  testcase: { children: ['skipped', 'error', 'failure', 'rerunFailure', 'flakyFailure', 'system-out', 'system-err'], attributes: ['name', 'classname', 'time'], required: ['name'] },
  skipped: { children: [], attributes: ['message', 'type'], required: [] },
  error: { children: [], attributes: ['type', 'message'], required: [] },
  failure: { children: [], attributes: ['type', 'message'], required: [] },
  rerunFailure: { children: ['stackTrace', 'system-out', 'system-err'], attributes: ['type', 'message'], required: ['type'] },
  flakyFailure: { children: ['stackTrace', 'system-out', 'system-err'], attributes: ['type', 'message'], required: ['type'] },
  stackTrace: { children: [], attributes: [], required: [] },
  'system-out': { children: [], attributes: [], required: [] },
};

function check(node: Node, path: string): void {
  const rule = schema[node['#name']];
  if (!rule) throw new Error(`${path}: element ${node['#name']} is not in the schema`);
  for (const name of Object.keys(node.$ ?? {})) expect(rule.attributes, `${path}/@${name}`).to.include(name);
  for (const name of rule.required) expect(Object.keys(node.$ ?? {}), path).to.include(name);
  for (const child of node.$$ ?? []) {
    expect(rule.children, `${path}/${child['#name']}`).to.include(child['#name']);
    check(child, `${path}/${child['#name']}`);
  }
}

function find(node: Node, name: string): Node[] {
  return [...(node['#name'] === name ? [node] : []), ...(node.$$ ?? []).flatMap((child) => find(child, name))];
}

describe('junitDocument', () => {
  const hostile = fakeNight({ seed: 7, cells: 60, hostile: true, folder: '/nowhere' }).summary;

  it('holds only elements and attributes of the schema, for a night with every outcome', async () => {
    check(await parse(hostile), '');
  });

  it('counts what it holds', async () => {
    const root = await parse(hostile);
    const tests = hostile.results.flatMap((result) => result.tests);
    const wholeCells = hostile.results.filter((result) => result.reason && !result.tests.some((test) => test.outcome === result.outcome)).length;
    expect(find(root, 'testcase')).to.have.length(tests.length + wholeCells);
    expect(Number(root.$?.['tests'])).to.equal(tests.length + wholeCells);
    expect(find(root, 'failure')).to.have.length(tests.filter((test) => test.outcome === 'FAIL' && test.requirement !== 'trial').length).and.length(Number(root.$?.['failures']));
    expect(find(root, 'error')).to.have.length(tests.filter((test) => test.requirement !== 'trial' && (test.outcome === 'ERROR' || test.outcome === 'MISS')).length + wholeCells).and.length(Number(root.$?.['errors']));
    expect(find(root, 'skipped')).to.have.length(tests.filter((test) => test.outcome === 'SKIP' || (test.requirement === 'trial' && ['FAIL', 'ERROR', 'MISS'].includes(test.outcome))).length).and.length(find(root, 'testsuite').reduce((sum, node) => sum + Number(node.$?.['skipped']), 0));
    expect(find(root, 'flakyFailure')).to.have.length(tests.filter((test) => test.flake).length).and.not.length(0);
    expect(find(root, 'rerunFailure')).to.have.length(tests.filter((test) => test.outcome === 'FAIL').length);
  });

  it('says why a test was skipped, and the code of an error as its type', async () => {
    const root = await parse(hostile);
    expect(find(root, 'skipped').every((node) => /^(needs|on trial) ?/.test(node.$?.['message'] ?? ''))).to.equal(true);
    expect(new Set(find(root, 'error').map((node) => node.$?.['type']))).to.deep.equal(new Set(['ssh-unreachable', 'cell-process-died', 'test-error', 'ssh-lost']));
  });

  it('keeps hostile text as text and drops what XML cannot hold', async () => {
    const document = junitDocument(hostile);
    // eslint-disable-next-line no-control-regex
    expect(document).not.to.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    expect(find(await parse(hostile), 'script')).to.deep.equal([]);
    expect(document).to.contain('&lt;script&gt;window.hostile');
    expect(xmlText('a\u0000b\u001b[31mc\ud800d\tе')).to.equal('abc\ufffdd\tе');
  });

  it('lists cells that did not run as errors, so that a night that stopped is not green', async () => {
    const stopped = fakeNight({ seed: 1, cells: 10, green: true, folder: '/nowhere', stopped: { code: 'disk-full', message: 'no space left' } }).summary;
    const root = await parse(stopped);
    check(root, '');
    expect(find(root, 'error')).to.have.length(5);
    expect(root.$?.['errors']).to.equal('5');
  });

  it('bears a night without cells', async () => {
    const empty = fakeNight({ seed: 1, cells: 0, folder: '/nowhere' }).summary;
    expect((await parse(empty)).$?.['tests']).to.equal('0');
  });
});
