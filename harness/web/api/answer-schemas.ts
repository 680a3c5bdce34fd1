import { headlines } from '../../db/lookup/headline-rank.ts';
import { deviceClasses } from './read-query.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const whole: Schema = { type: 'integer', minimum: 0 };
const flag: Schema = { type: 'boolean' };
const day: Schema = { type: 'string', format: 'date' };
const moment: Schema = { type: 'string', format: 'date-time' };
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] });
const list = (items: Schema): Schema => ({ type: 'array', items });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
/** All properties are there, and no others. */
const object = (properties: Readonly<Record<string, Schema>>, optional: readonly string[] = []): Schema => ({ type: 'object', additionalProperties: false, required: Object.keys(properties).filter((name) => !optional.includes(name)), properties });

const headline: Schema = { enum: headlines };
const level: Schema = { enum: ['E0', 'E1', 'E2', 'E3', 'E4', 'E5'] };
const requirement: Schema = { enum: ['required', 'recommended', 'optional', 'trial'] };
const deviceClass: Schema = { enum: deviceClasses };
const verdict: Schema = { enum: ['works', 'limited', 'broken', 'unsupported', 'unstable', 'unknown', 'not_applicable'] };

const expectation: Schema = { enum: ['expected-to-work', 'expected-not-to-work', 'not-tested'] };
const claim: Schema = object({ source: text, date: day, licence: text, at: text, evidence: { enum: ['E1', 'E3'] }, review: text, says: { enum: ['works', 'limited', 'broken', 'untested', 'seen', 'owned', 'quirk'] }, feature: text, driver: text, text }, ['review', 'feature', 'driver', 'text']);
const listedFacts: Readonly<Record<string, Schema>> = { expectation, level: { enum: ['E1', 'E3', null] }, claims: list(claim) };

/** JSON Schemas (2020-12) of what the interface answers; a test checks real answers against them. */
export const answerSchemas: Readonly<Record<string, Schema>> = {
  DeviceAnswer: object({ schema: { const: 'hwlab/answer/1' }, device: ref('Device'), images: list(ref('ImageAnswer')), publicLists: ref('ListedFacts') }, ['publicLists']),
  ListedFacts: object(listedFacts),
  ListedModel: object({ schema: { const: 'hwlab/listed-model/1' }, id: text, vendor: text, name: text, fullName: text, aliases: list(text), usb: list(text), classes: list(deviceClass), listedBy: list(text), path: text, ...listedFacts }),
  ListedHit: object({ id: text, fullName: text, classes: list(deviceClass), expectation, path: text }),
  Device: object({ id: text, vendor: text, name: text, fullName: text, classes: list(deviceClass), aliases: list(text), usb: list({ type: 'string', pattern: '^[0-9a-f]{4}:[0-9a-f]{4}$' }), retired: orNull(day), invented: { type: 'boolean' }, path: text }),
  ImageAnswer: object({
    image: text,
    imageName: text,
    headline,
    headlineWhenTested: headline,
    level: orNull(level),
    freshness: orNull({ enum: ['fresh', 'ageing', 'stale', 'incomplete', 'retired'] }),
    contested: flag,
    suspect: flag,
    firstTestedAt: orNull(moment),
    lastTestedAt: orNull(moment),
    nights: whole,
    units: whole,
    valid: orNull(object({ date: day, because: { enum: ['evidence-ages', 'image-support-ends', 'device-retires', 'waiver-expires', 'certificate-expires'] } })),
    reasons: list({ type: 'object', required: ['code'], properties: { code: text } }),
    limits: list(object({ feature: text, requirement, verdict: { enum: ['limited', 'unstable', 'broken', 'unsupported'] }, afterSetup: flag, parts: list(text) })),
    needs: list(object({ kind: { enum: ['package', 'firmware', 'plugin', 'quirk', 'kernel', 'setting'] }, what: text, features: list(text), issue: text })),
    waivers: list(object({ issue: text, kind: { enum: ['errata', 'contingency', 'autotriage'] }, title: text, titleRu: text, link: text, expires: day, state: { enum: ['present', 'absent'] }, features: list(text), results: list(text) }, ['titleRu'])),
    features: list(ref('Feature')),
    evidence: list(object({ result: text, night: text, at: moment, level, unit: text, imageSha256: orNull({ type: 'string', pattern: '^[0-9a-f]{64}$' }) })),
    certificate: orNull(object({ id: text, reviewer: text, decidedAt: day, expires: day, gaps: list(text) })),
    environment: orNull(object({ imageSha256: text, modelSha256: text, suiteRevision: text, kernel: orNull(text), plan: text, harness: text, packages: { type: 'object', additionalProperties: text } })),
    text: object({ ru: ref('AnswerText'), en: ref('AnswerText') }),
    path: text,
  }),
  Feature: object({ class: deviceClass, suite: text, feature: text, requirement, verdict, level: orNull(level), failing: list(text), unsteady: list(text), afterSetup: flag, lastAt: orNull(moment) }),
  AnswerText: object({ headline: text, sentence: text, level: orNull(text), freshness: orNull(text), reasons: list(text), limits: list(text), needs: list(text) }),
  DataFacts: object({
    version: { type: 'string', pattern: '^[0-9a-f]{16}$' },
    newestResultAt: orNull(moment),
    devices: whole,
    results: whole,
    images: list(object({ id: text, name: text, line: orNull(text), releasedAt: orNull(day), supportedUntil: orNull(day) })),
    vendors: list(object({ vendor: text, devices: whole })),
    badLines: whole,
  }),
  SearchHit: object({ device: object({ id: text, vendor: text, name: text, fullName: text, classes: list(deviceClass), invented: { type: 'boolean' }, path: text }), headlines: list(object({ image: text, headline, level: orNull(level) })) }),
  SearchResult: object({ total: whole, more: flag, hits: list(ref('SearchHit')), listed: list(ref('ListedHit')) }, ['listed']),
  Alternatives: object({ alternatives: list(ref('SearchHit')) }),
  Comparison: object({ devices: list(ref('DeviceAnswer')) }),
  Releases: object({ releases: list(object({ id: text, date: day, version: text, path: text })) }),
  CheckedList: { type: 'object', required: ['lines', 'images', 'counts', 'allGood', 'skipped'], properties: { lines: list({ type: 'object', required: ['line', 'match', 'standing', 'images'] }), images: list(text), counts: { type: 'object', additionalProperties: whole }, allGood: flag, skipped: list({ type: 'object' }) } },
  Error: object({ error: object({ code: { type: 'string', pattern: '^[a-z0-9-]+$' }, message: text }) }),
};
