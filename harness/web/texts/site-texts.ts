import type { DeviceClass } from '../../db/generated/device.ts';
import type { Language } from '../../db/verdicts/verdict-texts.ts';
import type { Requirement } from '../../db/verdicts/headline.ts';
import type { EvidenceLevel } from '../../db/verdicts/best-evidence.ts';
import type { Headline } from '../../db/verdicts/headline.ts';
import type { ValidUntil } from '../../db/answers/valid-until.ts';
import type { ExpectedHeadline } from '../../db/import/expectation.ts';
import { english } from './site-en.ts';
import { russian } from './site-ru.ts';

/** Every word of the pages that is not already in an answer. */
export interface SiteTexts {
  readonly language: Language;
  /** For Intl. */
  readonly locale: string;
  readonly site: string;
  readonly skip: string;
  readonly other: string;
  readonly nav: Readonly<Record<'search' | 'tender' | 'about' | 'label', string>>;
  /** Short headlines for marks and tables. */
  readonly headline: Readonly<Record<Headline, string>>;
  /** What a headline means, one sentence. */
  readonly meaning: Readonly<Record<Headline, string>>;
  readonly search: Readonly<
    Record<'title' | 'lead' | 'label' | 'placeholder' | 'button' | 'class' | 'vendor' | 'image' | 'headline' | 'any' | 'none' | 'noneHint' | 'noneListed' | 'legend' | 'choose' | 'invented' | 'compare' | 'next' | 'previous' | 'pages' | 'device' | 'all' | 'reset', string>
  > & { readonly found: (total: string, more: boolean) => string };
  readonly classes: Readonly<Record<DeviceClass, string>>;
  readonly device: Readonly<
    Record<
      | 'releases' | 'release' | 'verdict' | 'tested' | 'valid' | 'level' | 'why' | 'limits' | 'noLimits' | 'noLimitsUntested' | 'needs' | 'noNeeds' | 'noNeedsUntested' | 'features' | 'noFeatures' | 'feature' | 'requirement' | 'result' | 'evidence'
      | 'noEvidence' | 'run' | 'unit' | 'imageHash' | 'alternatives' | 'noAlternatives' | 'certificate' | 'compare' | 'never' | 'notValid' | 'usb' | 'aliases' | 'nights' | 'units' | 'details' | 'freshness' | 'whenTested' | 'asData' | 'history'
      | 'made' | 'kernel' | 'plan' | 'suite' | 'model' | 'image' | 'packages' | 'optional' | 'waivers' | 'noWaivers',
      string
    >
  > & { readonly alternativesOn: (image: string) => string; readonly because: (headline: string, image: string, own: string) => string };
  readonly verdict: Readonly<Record<'works' | 'limited' | 'broken' | 'unsupported' | 'unstable' | 'unknown' | 'not_applicable', string>>;
  readonly requirement: Readonly<Record<Requirement, string>>;
  readonly levelShort: Readonly<Record<EvidenceLevel, string>>;
  readonly validBecause: Readonly<Record<ValidUntil['because'], string>>;
  readonly compare: Readonly<Record<'title' | 'lead' | 'empty' | 'add' | 'addButton' | 'remove' | 'feature' | 'tooMany' | 'class' | 'print', string>>;
  readonly certificate: Readonly<
    Record<
      | 'statement' | 'certified' | 'number' | 'device' | 'release' | 'issued' | 'data' | 'validUntil' | 'verdict' | 'basis' | 'plan' | 'tested' | 'limits' | 'needs' | 'waivers' | 'hashes' | 'address' | 'scan' | 'note' | 'virtualNote' | 'print' | 'back' | 'reviewer' | 'noRelease' | 'noAddress' | 'image' | 'model' | 'suite' | 'runs' | 'none' | 'passedOf',
      string
    >
  >;
  readonly about: Readonly<Record<'title' | 'lead' | 'headlines' | 'ladder' | 'ladderLead' | 'data' | 'dataLead' | 'newest' | 'results' | 'devices' | 'version' | 'api' | 'apiLead' | 'releases', string>>;
  readonly tender: Readonly<Record<'title' | 'lead' | 'file' | 'button' | 'hint' | 'notHere' | 'refused' | 'summary' | 'download' | 'fileName' | 'lines' | 'again' | 'candidates' | 'supportedImages', string>> & {
    readonly more: (count: number) => string;
    /** What is wrong with a request, by its code; a list that is refused says so itself. */
    readonly refusals: Readonly<Record<string, string>>;
  };
  readonly error: Readonly<Record<'title' | 'notFound' | 'notFoundHint' | 'back', string>>;
  /** Models that only public lists know. */
  readonly listed: Readonly<Record<'found' | 'hint', string>> & { readonly expectation: Readonly<Record<ExpectedHeadline, string>> };
  readonly footer: (newest: string, version: string) => string;
  readonly noData: string;
  /** Of a feature that fails out of the box. */
  readonly afterSetup: string;
  /** Above the pages of a data release. */
  readonly dated: (release: string) => string;
  readonly dataReleases: string;
}

export const siteTexts: Readonly<Record<Language, SiteTexts>> = { ru: russian, en: english };
