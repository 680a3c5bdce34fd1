import { HwlabError } from '../../base/hwlab-error.ts';
import type { DeviceAnswer } from '../../db/answers/device-answer.ts';
import type { LookupSource, SearchQuery } from '../../db/lookup/lookup-source.ts';
import type { ListedFacts, ListedHit } from '../../db/lookup/public-lists.ts';
import { jsonReply, RequestError, type Asked, type Reply } from '../server/reply.ts';
import { checkTender, largestUpload } from '../server/check-tender.ts';
import { requireToken } from '../server/token.ts';
import { openApiDocument } from './openapi.ts';
import { KeptReplies } from './kept-replies.ts';
import { readSearchQuery } from './read-query.ts';

/** Most devices of one comparison. */
const mostCompared = 5;
const mostAlternatives = 20;

/** What the interface for programs needs besides the data. */
export interface ApiFacts {
  readonly source: LookupSource;
  /** undefined: nothing may be changed. */
  readonly token: string | undefined;
  /** Looks at the database again now; what `POST /api/v1/refresh` does. */
  readonly refresh: () => Promise<void>;
  /** Folder of the database. */
  readonly folder: string;
  readonly now: () => Date;
  readonly releases: ReadonlyMap<string, { readonly id: string; readonly date: string; readonly source: LookupSource }>;
}

/** Answers `/api/v1/...`; `path` comes after that. @throws RequestError */
export async function answerApi(path: string, asked: Asked, facts: ApiFacts): Promise<Reply> {
  const { source, token, refresh, releases } = facts;
  const [, releaseId, rest] = /^r\/([^/]+)\/(.+)$/.exec(path) ?? [];
  if (releaseId !== undefined && rest !== undefined) {
    const release = releases.get(releaseId);
    if (release === undefined) throw new RequestError(404, 'unknown-release', 'There is no such release of the data; see /api/v1/releases.');
    return keptAnswer(release.source, rest, asked);
  }
  if (path === 'tender') return await tenderReply(asked, facts);
  if (path === 'refresh') {
    allow(asked, 'POST');
    requireToken(asked, token);
    await refresh();
    return jsonReply(source.about());
  }
  if (path === 'releases') {
    allow(asked, 'GET', 'HEAD');
    return jsonReply({ releases: [...releases.values()].map((release) => ({ id: release.id, date: release.date, version: release.source.about().version, path: `r/${release.id}` })) });
  }
  return keptAnswer(source, path, asked);
}

const replies = new KeptReplies();

function keptAnswer(source: LookupSource, path: string, asked: Asked): Reply {
  allow(asked, 'GET', 'HEAD');
  return replies.get(source, `${path}?${asked.query.toString()}`, () => answerFrom(source, path, asked));
}

/** Reading: the same of the working database and of a release. */
function answerFrom(source: LookupSource, path: string, asked: Asked): Reply {
  const [what, id, images, image, ...more] = path.split('/');
  if (path === 'openapi.json') return jsonReply(openApiDocument());
  if (path === 'data') return jsonReply(source.about());
  if (path === 'search') {
    const query = readSearchQuery(asked.query, 25);
    const listed = listedFor(source, query);
    return jsonReply({ ...source.search(query), ...(listed.length === 0 ? {} : { listed }) });
  }
  if (what === 'public' && id !== undefined && images === undefined) {
    const model = source.lists.model(id);
    if (model === undefined) throw new RequestError(404, 'unknown-device', `There is no model "${id.slice(0, 80)}" in imported lists.`);
    return jsonReply(model);
  }
  if (path === 'compare') return jsonReply({ devices: askedIds(asked).map((each) => known(source, each)) });
  if (what === 'devices' && id !== undefined && more.length === 0) {
    if (images === undefined) return jsonReply(withLists(source, known(source, id)));
    if (images === 'alternatives' && image === undefined) return jsonReply({ alternatives: source.alternatives(known(source, id).device.id, askedImage(source, asked), mostAlternatives) });
    if (images === 'images' && image !== undefined) {
      const answer = known(source, id);
      const found = answer.images.find((each) => each.image === image);
      if (found === undefined) throw new RequestError(404, 'unknown-image', `There is no image "${image.slice(0, 80)}".`);
      return jsonReply(withLists(source, { ...answer, images: [found] }));
    }
  }
  throw new RequestError(404, 'unknown-address', 'There is no such address; see /api/v1/openapi.json.');
}

/** An answer with what public lists say beside it. */
function withLists(source: LookupSource, answer: DeviceAnswer): DeviceAnswer & { readonly publicLists?: ListedFacts } {
  const publicLists = source.lists.factsOf(answer.device.id);
  return publicLists === undefined ? answer : { ...answer, publicLists };
}

/** Most models of public lists beside the devices of a search. */
const mostListed = 10;

/** Models of public lists that a typed text finds; none on later pages and where filters ask for answers of the lab. */
export function listedFor(source: LookupSource, { text, offset, image, headline }: SearchQuery): readonly ListedHit[] {
  return offset > 0 || image !== undefined || headline !== undefined || text.trim().length < 3 ? [] : source.lists.search(text, mostListed);
}

/** A list as CSV, XLSX or ODS in, every line answered as JSON out; nothing is kept. */
async function tenderReply(asked: Asked, { folder, now }: ApiFacts): Promise<Reply> {
  allow(asked, 'POST');
  const bytes = await asked.body(largestUpload);
  if (bytes.length === 0) throw new RequestError(400, 'no-file', 'Send the CSV, XLSX or ODS file as the body.');
  const { check, skipped } = await checkTender({ folder, bytes: new Uint8Array(bytes), images: asked.query.getAll('image').slice(0, 20), language: asked.query.get('lang') === 'en' ? 'en' : 'ru', link: undefined, source: '', now: now().toISOString() });
  return jsonReply({ ...check, skipped });
}

/** Every error of the interface: a stable code and a sentence. */
export function apiError(error: RequestError): Reply {
  return jsonReply({ error: { code: error.code, message: error.message } }, error.status, error.status === 401 ? { 'www-authenticate': 'Bearer' } : {});
}

/** What a wrong command line or data file means to who asked over the network. */
export function requestErrorOf(error: unknown): unknown {
  return error instanceof HwlabError && error.blame === 'usage' ? new RequestError(400, error.code, `${error.message}${error.advice === undefined ? '' : ` (${error.advice})`}`) : error;
}

function known(source: LookupSource, id: string): NonNullable<ReturnType<LookupSource['answer']>> {
  const answer = /^[a-z0-9][a-z0-9-]{0,79}$/.test(id) ? source.answer(id) : undefined;
  if (answer === undefined) throw new RequestError(404, 'unknown-device', `There is no device "${id.slice(0, 80)}"; look for it with /api/v1/search?q=...`);
  return answer;
}

function askedIds({ query }: Asked): readonly string[] {
  const ids = [...new Set(query.getAll('id'))];
  if (ids.length === 0 || ids.length > mostCompared) throw new RequestError(400, 'bad-query', `id: expected one to ${mostCompared} of them.`);
  return ids;
}

function askedImage(source: LookupSource, { query }: Asked): string {
  const { images } = source.about();
  const image = query.get('image') ?? images[0]?.id;
  if (image === undefined || !images.some((each) => each.id === image)) throw new RequestError(400, 'bad-query', `image: expected one of ${images.map((each) => each.id).join(', ')}.`);
  return image;
}

function allow({ method }: Asked, ...methods: readonly string[]): void {
  if (!methods.includes(method)) throw new RequestError(405, 'wrong-method', `Only ${methods.join(' and ')} here.`);
}
