import type { LookupSource } from '../../db/lookup/lookup-source.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';
import { answerApi, apiError, listedFor, requestErrorOf } from '../api/api-handler.ts';
import { readSearchQuery } from '../api/read-query.ts';
import { aboutPage } from '../pages/about-page.ts';
import { certificatePage } from '../pages/certificate-page.ts';
import { comparePage, mostCompared } from '../pages/compare-page.ts';
import { devicePage, mainAnswer } from '../pages/device-page.ts';
import { errorPage } from '../pages/error-page.ts';
import { listedPage } from '../pages/listed-section.ts';
import { serverLinks, serverPath } from '../pages/links.ts';
import { hitsOnPage, searchPage } from '../pages/search-page.ts';
import { textsOf, type SiteContext } from '../pages/site-document.ts';
import { checkedTenderPage, tenderPage } from '../pages/tender-page.ts';
import { checkTender, largestUpload } from './check-tender.ts';
import type { Handler } from './http-server.ts';
import { readUpload } from './read-upload.ts';
import { htmlReply, jsonReply, redirectReply, RequestError, type Asked, type Reply } from './reply.ts';
import type { ServedRelease } from './open-releases.ts';
import type { SiteAssets } from './site-assets.ts';

/** What the pages of a server are made from. */
export interface SiteFacts {
  /** The data as they are now; another object after a refresh. */
  readonly source: () => LookupSource;
  /** Dated releases of the data, by id. */
  readonly releases: ReadonlyMap<string, ServedRelease>;
  /** Folder of the database. */
  readonly folder: string;
  readonly assets: SiteAssets;
  readonly token: string | undefined;
  readonly refresh: () => Promise<void>;
  /** `https://hw.example.org`, without a slash at its end; undefined when the server does not know its own address. */
  readonly publicUrl: string | undefined;
  readonly now: () => Date;
}

/** Answers the requests of people and programs. */
export function siteHandler(facts: SiteFacts): Handler {
  return async (asked) => {
    try {
      return await route(asked, facts);
    } catch (error) {
      throw requestErrorOf(error);
    }
  };
}

/** The answer to an error: JSON for programs, a page for people. */
export function siteErrorReply(facts: SiteFacts, { path, headers }: Pick<Asked, 'path' | 'headers'>, error: RequestError): Reply {
  if (path.startsWith('/api/')) return apiError(error);
  const language = path.split('/')[1] === 'en' || path.split('/')[1] === 'ru' ? (path.split('/')[1] as Language) : preferred(headers);
  return htmlReply(errorPage(contextOf(facts, language), error.status, error.message), error.status);
}

async function route(asked: Asked, facts: SiteFacts): Promise<Reply> {
  const { path, method } = asked;
  if (path.startsWith('/api/v1/')) return await answerApi(path.slice('/api/v1/'.length), asked, { source: facts.source(), token: facts.token, refresh: facts.refresh, folder: facts.folder, now: facts.now, releases: facts.releases });
  const upload = /^\/(ru|en)\/tender$/.exec(path);
  if (upload !== null && method === 'POST') return await tenderReply(asked, upload[1] === 'en' ? 'en' : 'ru', facts);
  if (method !== 'GET' && method !== 'HEAD') throw new RequestError(405, 'wrong-method', 'Only reading here.');
  if (path === '/') return redirectReply(serverPath(preferred(asked.headers), { kind: 'search' }));
  if (path === '/healthz') return jsonReply({ ok: true });
  if (path.startsWith('/assets/')) return assetReply(path.slice('/assets/'.length), facts.assets);
  const [, first = '', ...steps] = path.split('/');
  const release = first === 'r' ? facts.releases.get(steps[0] ?? '') : undefined;
  if (first === 'r' && release === undefined) throw new RequestError(404, 'unknown-release', 'There is no such release of the data.');
  const [language = '', kind, ...rest] = release === undefined ? [first, ...steps] : steps.slice(1);
  if (language !== 'ru' && language !== 'en') throw new RequestError(404, 'unknown-address', 'There is no such page.');
  return htmlReply(page(contextOf(facts, language, release), release?.source ?? facts.source(), kind ?? '', rest, asked, facts));
}

async function tenderReply(asked: Asked, language: Language, facts: SiteFacts): Promise<Reply> {
  const context = contextOf(facts, language);
  try {
    const { bytes, name, fields } = await readUpload(asked, largestUpload);
    const image = fields.get('image') ?? '';
    const link = facts.publicUrl === undefined ? undefined : `${facts.publicUrl}/${language}/`;
    const answer = await checkTender({ folder: facts.folder, bytes, images: image === '' ? [] : [image], language, link, source: name, now: facts.now().toISOString() });
    return htmlReply(checkedTenderPage(context, name, answer));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return htmlReply(tenderPage(context, context.texts.tender.refusals[error.code] ?? error.message), error.status);
  }
}

function page(context: SiteContext, source: LookupSource, kind: string, rest: readonly string[], asked: Asked, facts: SiteFacts): string {
  const [id = '', image, ...more] = rest;
  const missing = new RequestError(404, 'unknown-address', 'There is no such page.');
  if (more.length > 0) throw missing;
  switch (kind) {
    case '': {
      const query = readSearchQuery(asked.query, hitsOnPage);
      return searchPage(context, query, source.search({ ...query, limit: hitsOnPage }), listedFor(source, query));
    }
    case 'd': {
      const answer = source.answer(id);
      const chosen = image === undefined ? answer && mainAnswer(answer) : answer?.images.find((each) => each.image === image);
      if (answer === undefined || chosen === undefined) throw missing;
      return devicePage(context, answer, chosen, image !== undefined, source.alternatives(id, chosen.image, 5), source.lists.factsOf(id));
    }
    case 'p': {
      const model = image === undefined ? source.lists.model(id) : undefined;
      if (model === undefined) throw missing;
      return listedPage(context, model);
    }
    case 'c': {
      const answer = source.answer(id);
      const chosen = answer?.images.find((each) => each.image === image);
      if (answer === undefined || chosen === undefined) throw missing;
      const address = facts.publicUrl === undefined ? undefined : `${facts.publicUrl}${context.links.page({ kind: 'certificate', device: id, image: chosen.image })}`;
      return certificatePage(context, answer, chosen, { now: context.release === undefined ? facts.now().toISOString() : (facts.releases.get(context.release)?.date ?? ''), address }, source.lists.factsOf(id));
    }
    case 'compare':
      return compared(context, source, asked);
    case 'tender':
      return tenderPage(context);
    case 'about':
      return aboutPage(context);
    default:
      throw missing;
  }
}

function compared(context: SiteContext, source: LookupSource, { query }: Asked): string {
  const added = query.get('add') ?? '';
  const found = added === '' ? [] : source.search({ text: added, offset: 0, limit: 1 }).hits.map(({ device }) => device.id);
  const ids = [...new Set([...query.getAll('id').slice(0, 50), ...found])];
  const answers = ids.slice(0, mostCompared).map((id) => source.answer(id)).filter((answer) => answer !== undefined);
  return comparePage(context, answers, ids.length > mostCompared);
}

function contextOf({ source, assets, releases }: SiteFacts, language: Language, release?: ServedRelease): SiteContext {
  const common = { texts: textsOf(language), assetVersion: assets.version, releases: [...releases.keys()] };
  if (release === undefined) return { ...common, links: serverLinks(language), about: source().about() };
  return { ...common, links: serverLinks(language, `/r/${release.id}`), about: release.source.about(), release: release.id };
}

function assetReply(name: string, { files }: SiteAssets): Reply {
  const file = files.get(name);
  if (file === undefined) throw new RequestError(404, 'unknown-address', 'There is no such file.');
  return { status: 200, type: file.type, body: file.body, headers: { 'cache-control': 'public, max-age=31536000, immutable' } };
}

/** Russian unless the browser asks for English and not for Russian. */
function preferred(headers: Asked['headers']): Language {
  const accepted = String(headers['accept-language'] ?? '').toLowerCase().slice(0, 200);
  return /\ben\b/.test(accepted) && !/\bru\b/.test(accepted) ? 'en' : 'ru';
}
