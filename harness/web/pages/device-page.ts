import { dayText } from '../../db/answers/answer-text.ts';
import type { DeviceAnswer, FeatureAnswer, ImageAnswer } from '../../db/answers/device-answer.ts';
import { featureName } from '../../db/answers/feature-names.ts';
import type { SearchHit } from '../../db/lookup/lookup-source.ts';
import type { ListedFacts } from '../../db/lookup/public-lists.ts';
import type { Requirement } from '../../db/verdicts/headline.ts';
import { html, type Html } from '../../report/page/html.ts';
import { listedSection } from './listed-section.ts';
import { mark, markedWord, verdictWord } from './marks.ts';
import { siteDocument, type SiteContext } from './site-document.ts';

/** The answer that a device's page opens with: the newest release on which something is known, else the newest. */
export function mainAnswer({ images }: DeviceAnswer): ImageAnswer | undefined {
  return images.find((image) => image.headline !== 'not-tested') ?? images[0];
}

/** The page of a device; `chosen` is the release whose details it shows, `own` whether its address names that release. */
export function devicePage(context: SiteContext, answer: DeviceAnswer, chosen: ImageAnswer, own: boolean, alternatives: readonly SearchHit[], lists?: ListedFacts): string {
  const { texts } = context;
  const { device } = answer;
  const page = { kind: 'device' as const, device: device.id, ...(own ? { image: chosen.image } : {}) };
  const main = html`<article class="device">
<header class="device-head"><h1>${device.fullName}</h1><p class="ids">${device.classes.map((name) => texts.classes[name]).join(', ')}${device.usb.length > 0 ? html` · ${texts.device.usb} <span class="mono">${device.usb.join(', ')}</span>` : ''}${device.aliases.length > 0 ? html` · ${texts.device.aliases}: ${device.aliases.join(', ')}` : ''}</p></header>
${releases(context, answer, chosen)}
${verdictCard(context, answer, chosen)}
<div class="columns">${listSection('why', texts.device.why, chosen.text[texts.language].reasons, '')}${listSection('limits', texts.device.limits, chosen.text[texts.language].limits, chosen.lastTestedAt === null ? texts.device.noLimitsUntested : texts.device.noLimits)}${listSection('needs', texts.device.needs, chosen.text[texts.language].needs, chosen.lastTestedAt === null ? texts.device.noNeedsUntested : texts.device.noNeeds)}</div>
${featuresSection(context, chosen)}
${alternativesSection(context, answer, chosen, alternatives)}
${evidenceSection(context, answer, chosen)}
${lists === undefined ? '' : listedSection(context, lists, { own: true })}
</article>`;
  return siteDocument(context, page, { title: device.fullName, main });
}

function verdictCard({ texts, links }: SiteContext, { device }: DeviceAnswer, chosen: ImageAnswer): Html {
  const words = chosen.text[texts.language];
  const fact = (name: string, value: string | Html, note?: string): Html => html`<div><dt>${name}</dt><dd>${value}${note === undefined ? '' : html`<span class="note">${note}</span>`}</dd></div>`;
  return html`<section class="card h-${chosen.headline}" aria-labelledby="card-name">
<div class="card-head">${mark(chosen.headline)}<div><h2 id="card-name"><span class="on-release">${chosen.imageName}</span> ${texts.headline[chosen.headline]}</h2><p class="sentence">${words.sentence}</p></div></div>
<dl class="facts">${fact(texts.device.level, chosen.level === null ? texts.device.never : texts.levelShort[chosen.level])}${fact(texts.device.tested, chosen.lastTestedAt === null ? texts.device.never : html`<time datetime="${chosen.lastTestedAt.slice(0, 10)}">${dayText(chosen.lastTestedAt, texts.language)}</time>`, words.freshness ?? undefined)}${
    chosen.valid === null ? (chosen.headline === 'not-tested' ? '' : fact(texts.device.valid, texts.device.notValid)) : fact(texts.device.valid, html`<time datetime="${chosen.valid.date}">${dayText(chosen.valid.date, texts.language)}</time>`, texts.validBecause[chosen.valid.because])
  }${chosen.nights > 0 ? fact(texts.device.nights, chosen.nights.toLocaleString(texts.locale)) : ''}${chosen.headlineWhenTested === chosen.headline ? '' : fact(texts.device.whenTested, texts.headline[chosen.headlineWhenTested])}</dl>
<p class="actions"><a class="button" href="${links.page({ kind: 'certificate', device: device.id, image: chosen.image })}">${texts.device.certificate}</a> <a class="button quiet" href="${links.page({ kind: 'compare', devices: [device.id] })}">${texts.device.compare}</a></p>
</section>`;
}

/** The history over releases: one step each, the newest first; the chosen one is marked. */
function releases({ texts, links }: SiteContext, { device, images }: DeviceAnswer, chosen: ImageAnswer): Html {
  return html`<nav class="releases" aria-label="${texts.device.releases}"><ol>${images.map(
    (each) => html`<li class="h-${each.headline}"><a href="${links.page({ kind: 'device', device: device.id, image: each.image })}"${each.image === chosen.image ? html` aria-current="true"` : ''}><span class="release-name">${each.imageName}</span>${markedWord(each.headline, texts)}<span class="when">${each.lastTestedAt === null ? texts.device.never : dayText(each.lastTestedAt, texts.language)}</span></a></li>`,
  )}</ol></nav>`;
}

function listSection(id: string, name: string, lines: readonly string[], none: string): Html {
  return html`<section class="list list-${id}" aria-labelledby="${id}-name"><h2 id="${id}-name">${name}</h2>${lines.length === 0 ? html`<p class="dim">${none}</p>` : html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`}</section>`;
}

const importance: Readonly<Record<Requirement, number>> = { required: 0, recommended: 1, optional: 2, trial: 3 };

function featuresSection(context: SiteContext, { features }: ImageAnswer): Html {
  const { texts } = context;
  const sorted = [...features].sort((left, right) => importance[left.requirement] - importance[right.requirement] || left.feature.localeCompare(right.feature, 'en'));
  const weighty = sorted.filter(({ requirement }) => requirement === 'required' || requirement === 'recommended');
  const rest = sorted.filter(({ requirement }) => requirement === 'optional' || requirement === 'trial');
  return html`<section class="features" aria-labelledby="features-name"><h2 id="features-name">${texts.device.features}</h2>${features.length === 0 ? html`<p class="dim">${texts.device.noFeatures}</p>` : ''}${weighty.length > 0 ? featureTable(context, weighty, texts.device.features) : ''}${
    rest.length > 0 ? html`<details><summary>${texts.device.optional} <span class="count">${rest.length}</span></summary>${featureTable(context, rest, texts.device.optional)}</details>` : ''
  }</section>`;
}

function featureTable({ texts }: SiteContext, features: readonly FeatureAnswer[], caption: string): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="plain"><thead><tr><th scope="col">${texts.device.feature}</th><th scope="col">${texts.device.result}</th><th scope="col">${texts.device.requirement}</th><th scope="col">${texts.device.level}</th><th scope="col">${texts.device.tested}</th></tr></thead><tbody>${features.map(
    (each) => html`<tr><th scope="row">${featureName(each.feature, texts.language)}<code class="id">${each.feature}</code></th><td>${verdictWord(each.verdict, texts, each.afterSetup)}${each.failing.length + each.unsteady.length > 0 ? html`<span class="parts" lang="en">${[...each.failing, ...each.unsteady].join('; ')}</span>` : ''}</td><td>${texts.requirement[each.requirement]}</td><td>${each.level ?? ''}</td><td>${each.lastAt === null ? texts.device.never : html`<time datetime="${each.lastAt.slice(0, 10)}">${new Date(each.lastAt).toLocaleDateString(texts.locale, { timeZone: 'UTC' })}</time>`}</td></tr>`,
  )}</tbody></table></div>`;
}

function alternativesSection({ texts, links }: SiteContext, { device }: DeviceAnswer, chosen: ImageAnswer, alternatives: readonly SearchHit[]): Html {
  const line = (hit: SearchHit): Html => {
    const there = hit.headlines.find((each) => each.image === chosen.image)?.headline ?? 'not-tested';
    return html`<li>${mark(there)}<div><a href="${links.page({ kind: 'device', device: hit.device.id, image: chosen.image })}">${hit.device.fullName}</a><span class="because">${texts.device.because(texts.headline[there], chosen.imageName, texts.headline[chosen.headline].toLocaleLowerCase(texts.locale))}</span></div><a class="quiet" href="${links.page({ kind: 'compare', devices: [device.id, hit.device.id] })}">${texts.device.compare}<span class="hidden">: ${hit.device.fullName}</span></a></li>`;
  };
  return html`<section class="alternatives" aria-labelledby="alternatives-name"><h2 id="alternatives-name">${texts.device.alternatives}</h2>${alternatives.length === 0 ? html`<p class="dim">${texts.device.noAlternatives}</p>` : html`<p class="dim">${texts.device.alternativesOn(chosen.imageName)}</p><ul>${alternatives.map(line)}</ul>`}</section>`;
}

function evidenceSection({ texts, links }: SiteContext, { device }: DeviceAnswer, chosen: ImageAnswer): Html {
  const { environment, evidence } = chosen;
  const api = links.api(`devices/${encodeURIComponent(device.id)}/images/${encodeURIComponent(chosen.image)}`);
  const fact = (name: string, value: string): Html => html`<div><dt>${name}</dt><dd class="mono">${value}</dd></div>`;
  const runs = html`<div class="scroll" tabindex="0" role="region" aria-label="${texts.device.evidence}"><table class="plain"><thead><tr><th scope="col">${texts.device.run}</th><th scope="col">${texts.device.tested}</th><th scope="col">${texts.device.level}</th><th scope="col">${texts.device.unit}</th><th scope="col">${texts.device.imageHash}</th></tr></thead><tbody>${evidence.map(
    (each) => html`<tr><th scope="row" class="mono">${each.result}</th><td><time datetime="${each.at}">${dayText(each.at, texts.language)}</time></td><td>${each.level}</td><td>${each.unit}</td><td class="mono">${each.imageSha256?.slice(0, 16) ?? ''}</td></tr>`,
  )}</tbody></table></div>`;
  return html`<section class="evidence" aria-labelledby="evidence-name"><h2 id="evidence-name">${texts.device.evidence}</h2>${evidence.length === 0 ? html`<p class="dim">${texts.device.noEvidence}</p>` : runs}${
    environment === null
      ? ''
      : html`<details><summary>${texts.device.made}</summary><dl class="made">${fact(texts.device.plan, environment.plan)}${fact(texts.device.kernel, environment.kernel ?? '')}${fact(texts.device.image, environment.imageSha256)}${fact(texts.device.model, environment.modelSha256)}${fact(texts.device.suite, environment.suiteRevision)}${fact(texts.device.packages, Object.entries(environment.packages).map(([name, version]) => `${name} ${version}`).join(', '))}</dl></details>`
  }${api === undefined ? '' : html`<p><a href="${api}">${texts.device.asData}</a></p>`}</section>`;
}
