import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectRoot } from '../../base/places.ts';
import type { HwlabError } from '../../base/hwlab-error.ts';
import { encodeIpp } from './encode-ipp.ts';
import { attributesFromJson, attributesToJson } from './ipp-json.ts';
import type { IppMessage, IppValue } from './ipp-message.ts';
import { decodeIpp, IppParser } from './ipp-parser.ts';

/** RFC 8010, A.1: Print-Job, shortened. */
const golden = Buffer.concat([
  Buffer.from('010100020000000101', 'hex'),
  Buffer.from('470012', 'hex'), Buffer.from('attributes-charset'), Buffer.from('0005', 'hex'), Buffer.from('utf-8'),
  Buffer.from('48001b', 'hex'), Buffer.from('attributes-natural-language'), Buffer.from('0005', 'hex'), Buffer.from('en-us'),
  Buffer.from('220016', 'hex'), Buffer.from('ipp-attribute-fidelity'), Buffer.from('000101', 'hex'),
  Buffer.from('02', 'hex'),
  Buffer.from('210006', 'hex'), Buffer.from('copies'), Buffer.from('000400000014', 'hex'),
  Buffer.from('440005', 'hex'), Buffer.from('sides'), Buffer.from('0013', 'hex'), Buffer.from('two-sided-long-edge'),
  Buffer.from('03', 'hex'),
]);

const goldenMessage: IppMessage = {
  version: [1, 1],
  code: 2,
  requestId: 1,
  groups: [
    {
      tag: 'operation',
      attributes: [
        { name: 'attributes-charset', values: [{ tag: 'charset', value: 'utf-8' }] },
        { name: 'attributes-natural-language', values: [{ tag: 'naturalLanguage', value: 'en-us' }] },
        { name: 'ipp-attribute-fidelity', values: [{ tag: 'boolean', value: true }] },
      ],
    },
    {
      tag: 'job',
      attributes: [
        { name: 'copies', values: [{ tag: 'integer', value: 20 }] },
        { name: 'sides', values: [{ tag: 'keyword', value: 'two-sided-long-edge' }] },
      ],
    },
  ],
};

const everyValue: readonly IppValue[] = [
  { tag: 'integer', value: -1 },
  { tag: 'enum', value: 2147483647 },
  { tag: 'boolean', value: false },
  { tag: 'octetString', value: '00ff10' },
  { tag: 'dateTime', value: '2026-11-22T03:15:59.5-03:30' },
  { tag: 'resolution', x: 600, y: 1200, units: 'dpcm' },
  { tag: 'rangeOfInteger', lower: -5, upper: 7 },
  { tag: 'textWithLanguage', language: 'ru', value: 'Принтер' },
  { tag: 'nameWithLanguage', language: 'en', value: '' },
  { tag: 'textWithoutLanguage', value: 'Лоток 1' },
  { tag: 'nameWithoutLanguage', value: 'n' },
  { tag: 'keyword', value: 'none' },
  { tag: 'uri', value: 'ipp://localhost/ipp/print' },
  { tag: 'uriScheme', value: 'ftp' },
  { tag: 'charset', value: 'utf-8' },
  { tag: 'naturalLanguage', value: 'en' },
  { tag: 'mimeMediaType', value: 'image/urf' },
  { tag: 'no-value' },
  { tag: 'unknown' },
  { tag: 'unsupported' },
  { tag: 'default' },
  { tag: 'not-settable' },
  { tag: 'delete-attribute' },
  { tag: 'admin-define' },
  { tag: 'other', number: 0x7e, value: 'abcd' },
  {
    tag: 'collection',
    members: [
      { name: 'media-size', values: [{ tag: 'collection', members: [{ name: 'x-dimension', values: [{ tag: 'integer', value: 21000 }, { tag: 'integer', value: 1 }] }] }] },
      { name: 'media-type', values: [{ tag: 'keyword', value: 'auto' }] },
    ],
  },
];

const everything: IppMessage = {
  version: [2, 0],
  code: 0,
  requestId: -7,
  groups: [
    { tag: 'printer', attributes: [{ name: 'all', values: everyValue }, ...everyValue.map((value, index) => ({ name: `a${index}`, values: [value, value] }))] },
    { tag: 'unsupported', attributes: [] },
  ],
};

function refusal(hex: string): HwlabError {
  try {
    decodeIpp(Buffer.from(hex, 'hex'));
  } catch (error) {
    return error as HwlabError;
  }
  throw new Error('it was accepted');
}

describe('IPP codec', () => {
  it('decodes the golden bytes of RFC 8010 and gives them back', () => {
    expect(decodeIpp(golden).message).to.deep.equal(goldenMessage);
    expect(Buffer.from(encodeIpp(goldenMessage)).equals(golden)).to.equal(true);
  });

  it('keeps every kind of value in a round trip', () => {
    expect(decodeIpp(encodeIpp(everything)).message).to.deep.equal(everything);
  });

  it('takes the message split at every offset, and hands back the document behind it', () => {
    const bytes = Buffer.concat([encodeIpp(everything), Buffer.from('%PDF')]);
    const end = bytes.length - 4;
    for (let at = 0; at <= bytes.length; at += 1) {
      const parser = new IppParser();
      const early = parser.push(bytes.subarray(0, at));
      expect(early === undefined).to.equal(at < end);
      const done = early ?? parser.push(bytes.subarray(at));
      expect(done?.message).to.deep.equal(everything);
      expect(Buffer.from(done?.rest ?? []).toString()).to.equal('%PDF'.slice(0, at < end ? 4 : at - end));
    }
  });

  it('takes the message byte by byte', () => {
    const parser = new IppParser();
    const results = [...golden].map((byte) => parser.push(Uint8Array.of(byte)));
    expect(results.slice(0, -1).every((result) => result === undefined)).to.equal(true);
    expect(results.at(-1)?.message).to.deep.equal(goldenMessage);
  });

  const head = '0101000200000001';
  for (const [what, hex, offset, message] of [
    ['a further value before any attribute', `${head}01440000000161`, 9, /before the first attribute/],
    ['an attribute before any group', `${head}4400016100016203`, 8, /before the first group/],
    ['an unknown group', `${head}0f03`, 8, /unknown group 0xf/],
    ['an integer of three bytes', `${head}01210001610003000001`, 15, /an integer has 4 bytes, not 3/],
    ['a negative length', `${head}0144ffff`, 10, /negative/],
    ['text that is no UTF-8', `${head}014100016100 01ff`.replace(' ', ''), 15, /not UTF-8/],
    ['a boolean of 2', `${head}0122000161000102`, 15, /0 or 1/],
    ['the end of a collection that did not begin', `${head}0137000000 00`.replace(' ', ''), 9, /did not begin/],
    ['a group inside a collection', `${head}013400016100 0002`.replace(' ', ''), 15, /inside a collection/],
    ['a date of month 13', `${head}013100 0161000b07ea0d01000000002b0000`.replace(' ', ''), 15, /not a date/],
    ['a message that breaks off', `${head}0144`, 10, /ends in the middle/],
  ] as const) {
    it(`refuses ${what}, with the offset`, () => {
      const error = refusal(hex);
      expect(error.code).to.equal('ipp-malformed');
      expect(error.message).to.match(message);
      expect(error.facts['offset']).to.equal(offset);
    });
  }

  it('refuses collections in each other without end, and a message without end', () => {
    const open = Buffer.from('34000161000000'.slice(0, 12), 'hex');
    const member = Buffer.from('4a000000016d', 'hex');
    const nested = Buffer.concat([Buffer.from(`${head}01`, 'hex'), open, ...Array.from({ length: 20 }, () => Buffer.concat([member, Buffer.from('3400000000', 'hex')]))]);
    expect(() => decodeIpp(nested)).to.throw(/collections in each other/);
    const parser = new IppParser({ maxBytes: 100_000, maxDepth: 8 });
    parser.push(Buffer.from(`${head}01`, 'hex'));
    const attribute = Buffer.concat([Buffer.from('4100016103e8', 'hex'), Buffer.alloc(1000, 0x61)]);
    expect(() => {
      for (let count = 0; count < 200; count += 1) parser.push(attribute);
    }).to.throw(/longer than 100000 bytes/);
  });

  it('never throws anything but its own error on random bytes', () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) >> 8;
    for (let round = 0; round < 2000; round += 1) {
      const bytes = Buffer.from(encodeIpp(everything));
      for (let change = 0; change < 3; change += 1) bytes[random() % bytes.length] = random() & 0xff;
      try {
        decodeIpp(bytes);
      } catch (error) {
        expect((error as HwlabError).code).to.equal('ipp-malformed');
      }
    }
  });

  it('keeps the attributes of the models in their JSON form', () => {
    for (const id of ['kyocera-ecosys-m2040dn', 'epson-et-2826']) {
      const model = JSON.parse(readFileSync(join(projectRoot, 'fixtures/devices/mfps', `${id}.json`), 'utf8')) as { behaviour: { printer: { attributes: object } } };
      const attributes = attributesFromJson(model.behaviour.printer.attributes as never);
      const { message } = decodeIpp(encodeIpp({ version: [2, 0], code: 0, requestId: 1, groups: [{ tag: 'printer', attributes }] }));
      expect(attributesToJson(message.groups[0]?.attributes ?? [])).to.deep.equal(model.behaviour.printer.attributes);
    }
  });
});
