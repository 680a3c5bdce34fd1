import { dayText } from '../../db/answers/answer-text.ts';
import type { DeviceAnswer, ImageAnswer } from '../../db/answers/device-answer.ts';
import { featureName } from '../../db/answers/feature-names.ts';
import { isReal } from '../../db/verdicts/best-evidence.ts';
import { html, type Html } from '../../report/page/html.ts';
import type { ListedFacts } from '../../db/lookup/public-lists.ts';
import { certificateNumber } from './certificate-number.ts';
import { listedSection } from './listed-section.ts';
import { mark, verdictWord } from './marks.ts';
import { qrCode } from './qr-code.ts';
import { siteDocument, type SiteContext } from './site-document.ts';

/** What a statement is made with besides the answer. */
export interface CertificateFacts {
  /** ISO 8601 */
  readonly now: string;
  /** Its permanent address with scheme and host; undefined when the server does not know its own. */
  readonly address: string | undefined;
}

/** The statement for printing: one sheet that says what was found, on what it stands, and where to check it. */
export function certificatePage(context: SiteContext, answer: DeviceAnswer, chosen: ImageAnswer, facts: CertificateFacts, lists?: ListedFacts): string {
  const { texts, links, about } = context;
  const { device } = answer;
  const own = texts.certificate;
  const words = chosen.text[texts.language];
  const number = certificateNumber(device, chosen);
  const title = chosen.headline === 'certified' ? own.certified : own.statement;
  const fact = (name: string, value: Html | string | undefined): Html | undefined => (value === undefined ? undefined : html`<div><dt>${name}</dt><dd>${value}</dd></div>`);
  const list = (name: string, lines: readonly string[]): Html => html`<section><h2>${name}</h2>${lines.length === 0 ? html`<p>${own.none}</p>` : html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`}</section>`;
  const counted = chosen.features.filter(({ requirement }) => requirement === 'required' || requirement === 'recommended');
  const { environment } = chosen;
  const main = html`<p class="sheet-tools"><a href="${links.page({ kind: 'device', device: device.id, image: chosen.image })}">${own.back}</a> <button type="button" class="button print" hidden>${own.print}</button></p>
<article class="sheet">
<header><div><p class="issuer">${texts.site}</p><h1>${title}</h1><p class="number">${own.number} <span class="mono">${number}</span></p></div>${facts.address === undefined ? '' : html`<div class="qr">${qrCode(facts.address, own.address)}</div>`}</header>
<dl class="sheet-facts">${fact(own.device, html`<strong>${device.fullName}</strong>${device.usb.length > 0 ? html` <span class="dim">${texts.device.usb} ${device.usb.join(', ')}</span>` : ''}`)}${fact(own.release, html`<strong>${chosen.imageName}</strong> <span class="dim mono">${chosen.image}</span>`)}${fact(own.issued, dayText(facts.now, texts.language))}${fact(own.data, context.release === undefined ? html`${own.noRelease}, <span class="mono">${about.version}</span>` : html`${context.release}, <span class="mono">${about.version}</span>`)}${fact(own.validUntil, chosen.valid === null ? texts.device.notValid : html`${dayText(chosen.valid.date, texts.language)} <span class="dim">(${texts.validBecause[chosen.valid.because]})</span>`)}</dl>
<section class="finding h-${chosen.headline}">${mark(chosen.headline)}<div><h2>${texts.headline[chosen.headline]}</h2><p>${words.sentence}</p>${chosen.level !== null && !isReal[chosen.level] ? html`<p>${own.virtualNote}</p>` : ''}</div></section>
<section><h2>${own.basis}</h2><p>${words.level ?? texts.device.noEvidence}${environment === null ? '' : html`. ${own.plan}: <span class="mono">${environment.plan}</span>`}</p></section>
<section><h2>${own.tested}</h2>${counted.length === 0 ? html`<p>${texts.device.noFeatures}</p>` : html`<ul class="tested">${counted.map((each) => html`<li>${verdictWord(each.verdict, texts, each.afterSetup)} <span>${featureName(each.feature, texts.language)}</span></li>`)}</ul>`}</section>
<div class="sheet-columns">${list(own.limits, words.limits)}${list(own.needs, words.needs)}${waivers(context, chosen)}</div>
${lists === undefined ? '' : listedSection(context, lists, { own: true })}
<section><h2>${own.hashes}</h2>${environment === null ? html`<p>${own.none}</p>` : html`<dl class="hashes"><div><dt>${own.image}</dt><dd class="mono">${environment.imageSha256}</dd></div><div><dt>${own.model}</dt><dd class="mono">${environment.modelSha256}</dd></div><div><dt>${own.suite}</dt><dd class="mono">${environment.suiteRevision}</dd></div><div><dt>${own.runs}</dt><dd class="mono">${chosen.evidence.slice(0, 6).map((each) => each.result).join(', ')}${chosen.evidence.length > 6 ? ', …' : ''}</dd></div></dl>`}</section>
<footer class="sheet-foot"><p><strong>${own.address}:</strong> ${facts.address === undefined ? own.noAddress : html`<span class="mono">${facts.address}</span>`}</p><p>${own.scan}</p><p>${own.note}</p></footer>
</article>`;
  return siteDocument(context, { kind: 'certificate', device: device.id, image: chosen.image }, { title: `${title} ${number}`, main });
}

function waivers({ texts }: SiteContext, { waivers: applied }: ImageAnswer): Html {
  return html`<section><h2>${texts.certificate.waivers}</h2>${applied.length === 0 ? html`<p>${texts.certificate.none}</p>` : html`<ul>${applied.map((each) => html`<li>${texts.language === 'ru' ? (each.titleRu ?? html`<span lang="en">${each.title}</span>`) : each.title} <span class="mono">${each.issue}</span>, ${dayText(each.expires, texts.language)}</li>`)}</ul>`}</section>`;
}
