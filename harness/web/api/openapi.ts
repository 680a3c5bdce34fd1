import { headlines } from '../../db/lookup/headline-rank.ts';
import { answerSchemas } from './answer-schemas.ts';
import { deviceClasses } from './read-query.ts';

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (name: string, description: string): object => ({ description, content: { 'application/json': { schema: ref(name) } } });
const problems = (...statuses: readonly number[]): object => Object.fromEntries(statuses.map((status) => [status, json('Error', 'What is wrong, with a stable code')]));
const inPath = (name: string, description: string): object => ({ name, in: 'path', required: true, description, schema: { type: 'string' } });
const inQuery = (name: string, description: string, schema: object, required = false): object => ({ name, in: 'query', required, description, schema });

const reading: Readonly<Record<string, object>> = {
  '/data': { get: { operationId: 'getData', summary: 'What the data are and how old', responses: { 200: json('DataFacts', 'The data') } } },
  '/search': {
    get: {
      operationId: 'search',
      summary: 'Devices by what a person types, and by filters; the best headlines first',
      parameters: [
        inQuery('q', 'name, alias, article number or USB id; words may be cut short', { type: 'string', maxLength: 200 }),
        inQuery('class', 'kind of device', { enum: deviceClasses }),
        inQuery('vendor', 'maker, as /data spells it', { type: 'string', maxLength: 120 }),
        inQuery('image', 'only headlines on this image', { type: 'string', maxLength: 120 }),
        inQuery('headline', 'with this headline, on the image or on any', { enum: headlines }),
        inQuery('offset', 'how many to leave out', { type: 'integer', minimum: 0, maximum: 1000 }),
        inQuery('limit', 'how many at most', { type: 'integer', minimum: 0, maximum: 100, default: 25 }),
      ],
      responses: { 200: json('SearchResult', 'What was found'), ...problems(400) },
    },
  },
  '/devices/{device}': { get: { operationId: 'getDevice', summary: 'The answer for a device on every image', parameters: [inPath('device', 'id')], responses: { 200: json('DeviceAnswer', 'The answer'), ...problems(404) } } },
  '/devices/{device}/images/{image}': { get: { operationId: 'getDeviceOnImage', summary: 'The answer for a device on one image', parameters: [inPath('device', 'id'), inPath('image', 'id')], responses: { 200: json('DeviceAnswer', 'The answer, with one image'), ...problems(404) } } },
  '/devices/{device}/alternatives': { get: { operationId: 'getAlternatives', summary: 'Devices of the same kind with a better headline on an image', parameters: [inPath('device', 'id'), inQuery('image', 'the newest if left out', { type: 'string' })], responses: { 200: json('Alternatives', 'The best first'), ...problems(400, 404) } } },
  '/public/{model}': { get: { operationId: 'getListedModel', summary: 'What imported public lists say of a model that the lab does not have', parameters: [inPath('model', 'id')], responses: { 200: json('ListedModel', 'Sources, dates and licences'), ...problems(404) } } },
  '/compare': { get: { operationId: 'compare', summary: 'Up to five devices', parameters: [inQuery('id', 'one to five times', { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 5 }, true)], responses: { 200: json('Comparison', 'The answers in the order asked'), ...problems(400, 404) } } },
};

/** The OpenAPI 3.1 document of the interface. Everything that reads is there for the working database and, unchanging, for each data release. */
export function openApiDocument(): Readonly<Record<string, unknown>> {
  const dated = Object.entries(reading).map(([path, operations]) => [`/r/{release}${path}`, datedOperations(operations)]);
  return {
    openapi: '3.1.0',
    info: { title: 'Hardware compatibility', version: '1', description: 'The same answers as the pages. Ids are stable; addresses under /r/{release} never change what they say. Reading needs no token; /refresh does.', license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/api/v1' }],
    paths: {
      ...reading,
      '/releases': { get: { operationId: 'getReleases', summary: 'Data releases that are served', responses: { 200: json('Releases', 'The releases, the oldest first') } } },
      ...Object.fromEntries(dated),
      '/tender': {
        post: {
          operationId: 'checkTender',
          summary: 'Checks every line of a list; nothing is kept',
          parameters: [inQuery('lang', 'language of refusals and texts', { enum: ['ru', 'en'] }), inQuery('image', 'only these images', { type: 'array', items: { type: 'string' } })],
          requestBody: { required: true, description: 'CSV, XLSX or ODS, at most 5 MiB', content: { 'application/octet-stream': {} } },
          responses: { 200: json('CheckedList', 'Every line with its answer'), ...problems(400, 413, 422, 503) },
        },
      },
      '/refresh': { post: { operationId: 'refresh', summary: 'Looks at the database now instead of in half a minute', security: [{ token: [] }], responses: { 200: json('DataFacts', 'The data after it'), ...problems(401, 403) } } },
      '/openapi.json': { get: { operationId: 'getOpenApi', summary: 'This document', responses: { 200: { description: 'OpenAPI 3.1', content: { 'application/json': {} } } } } },
    },
    components: { schemas: answerSchemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

function datedOperations(operations: object): object {
  return Object.fromEntries(
    (Object.entries(operations) as [string, { operationId: string; parameters?: readonly object[] }][]).map(([method, operation]) => [
      method,
      { ...operation, operationId: `${operation.operationId}OfRelease`, parameters: [inPath('release', 'id of a data release'), ...(operation.parameters ?? [])] },
    ]),
  );
}
