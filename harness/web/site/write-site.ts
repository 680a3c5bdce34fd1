import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HwlabError } from '../../base/hwlab-error.ts';
import type { DeviceAnswer } from '../../db/answers/device-answer.ts';
import type { LookupSource } from '../../db/lookup/lookup-source.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';
import { aboutPage } from '../pages/about-page.ts';
import { certificatePage } from '../pages/certificate-page.ts';
import { comparedRows, comparePage } from '../pages/compare-page.ts';
import { devicePage, mainAnswer } from '../pages/device-page.ts';
import { listedPage } from '../pages/listed-section.ts';
import { fileLinks, filePath, type Page } from '../pages/links.ts';
import { hitsOnPage, searchPage } from '../pages/search-page.ts';
import { textsOf, type SiteContext } from '../pages/site-document.ts';
import { tenderPage } from '../pages/tender-page.ts';
import { loadSiteAssets } from '../server/site-assets.ts';
import { asScript } from './as-script.ts';
import { listedShards } from './listed-shards.ts';
import { searchShards } from './search-shards.ts';

export interface WriteSiteOptions {
  readonly folder: string;
  readonly publicUrl: string | undefined;
  /** Name of the data release that is shown. */
  readonly release: string | undefined;
  /** Written over a folder that holds an earlier copy. */
  readonly now: Date;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, of: number) => void;
}

/** What is in the folder of a copy, so that another folder is never written into by mistake. */
const marker = '.hwlab-site';

/** Policy of a page without a server: nothing from elsewhere, no inline script or style. */
const policy = "default-src 'none'; style-src 'self' file:; script-src 'self' file:; img-src 'self' file: data:; base-uri 'none'; form-action 'self' file:";

/**
 * Writes the lookup as files that need no server: every page in both languages, search included. @returns how many files
 * @throws HwlabError `folder-not-empty` (usage) for a folder that is neither empty nor an earlier copy
 */
export async function writeSite(source: LookupSource, { folder, publicUrl, release, now, signal, progress }: WriteSiteOptions): Promise<number> {
  if (existsSync(folder) && readdirSync(folder).length > 0 && !existsSync(join(folder, marker))) {
    throw new HwlabError({ code: 'folder-not-empty', blame: 'usage', message: `${folder}: holds other files`, advice: 'name an empty folder, or one that hwlab site wrote' });
  }
  let files = 0;
  const write = (path: string, body: string | Buffer): void => {
    const file = join(folder, decodeURIComponent(path));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, body);
    files += 1;
  };
  const about = source.about();
  const assets = loadSiteAssets();
  write(marker, `${about.version}\n`);
  for (const [name, { body }] of assets.files) write(`assets/${name}`, body);
  const { shards, devices } = await searchShards(source);
  for (const [name, shard] of shards) write(`data/s/${name}.js`, shard);
  const version = createHash('sha256').update(assets.version).update(about.version).digest('hex').slice(0, 12);
  const context = (language: Language, page: Page): SiteContext => ({ texts: textsOf(language), links: fileLinks(language, depthOf(filePath(language, page))), about, assetVersion: version, policy, ...(release === undefined ? {} : { release }) });
  const put = (language: Language, page: Page, make: (context: SiteContext) => string): void => write(filePath(language, page), make(context(language, page)));
  write('index.html', startPage);
  for (const language of ['ru', 'en'] as const) {
    put(language, { kind: 'search' }, (own) => searchPage(own, { text: '', offset: 0, limit: hitsOnPage }, source.search({ text: '', offset: 0, limit: hitsOnPage })));
    put(language, { kind: 'compare', devices: [] }, (own) => comparePage(own, [], false));
    put(language, { kind: 'tender' }, (own) => tenderPage(own));
    put(language, { kind: 'about' }, (own) => aboutPage(own));
  }
  for (const [number, id] of devices.entries()) {
    const answer = source.answer(id);
    if (answer !== undefined) writeDevice(answer, source, { put, write, context, publicUrl, now });
    if (number % 20 === 19) {
      progress?.(number + 1, devices.length);
      await nextTurn();
      signal?.throwIfAborted();
    }
  }
  for (const model of source.lists.claimed()) {
    for (const language of ['ru', 'en'] as const) put(language, { kind: 'listed', device: model.id }, (own) => listedPage(own, model));
    if (files % 200 > 1) continue;
    await nextTurn();
    signal?.throwIfAborted();
  }
  for (const [name, shard] of listedShards(source.lists)) write(`data/p/${name}.js`, shard);
  return files;
}

interface Writing {
  readonly put: (language: Language, page: Page, make: (context: SiteContext) => string) => void;
  readonly write: (path: string, body: string) => void;
  readonly context: (language: Language, page: Page) => SiteContext;
  readonly publicUrl: string | undefined;
  readonly now: Date;
}

/** All pages of a device, and its column of the comparison. */
function writeDevice(answer: DeviceAnswer, source: LookupSource, { put, write, context, publicUrl, now }: Writing): void {
  const { id, fullName } = answer.device;
  const first = mainAnswer(answer);
  const lists = source.lists.factsOf(id);
  for (const language of ['ru', 'en'] as const) {
    if (first !== undefined) put(language, { kind: 'device', device: id }, (own) => devicePage(own, answer, first, false, source.alternatives(id, first.image, 5), lists));
    for (const chosen of answer.images) {
      put(language, { kind: 'device', device: id, image: chosen.image }, (own) => devicePage(own, answer, chosen, true, source.alternatives(id, chosen.image, 5), lists));
      const page: Page = { kind: 'certificate', device: id, image: chosen.image };
      put(language, page, (own) => certificatePage(own, answer, chosen, { now: now.toISOString(), address: publicUrl === undefined ? undefined : `${publicUrl}/${filePath(language, page)}` }, lists));
    }
    const rows = comparedRows(context(language, { kind: 'compare', devices: [] }), [answer]).map(({ name, cells }) => ({ name, cell: cells[0] }));
    write(`data/c/${language}/${id}.js`, `hwlabColumn(${asScript({ id, fullName, rows })});\n`);
  }
}

/** How many folders a file lies below the root. */
function depthOf(path: string): number {
  return (path.split(/[#?]/)[0] ?? '').split('/').length - 1;
}

const startPage = '<!doctype html>\n<html lang="ru"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=ru/index.html"><title>hwlab</title></head><body><p><a href="ru/index.html">По-русски</a> · <a href="en/index.html" lang="en">English</a></p></body></html>\n';
