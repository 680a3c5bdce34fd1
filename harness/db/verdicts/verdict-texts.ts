import type { EvidenceLevel } from './best-evidence.ts';
import type { Verdict } from './feature-verdict.ts';
import type { Freshness } from './freshness.ts';
import type { Headline, Requirement } from './headline.ts';

export type Language = 'en' | 'ru';

/** The words of a verdict in one language. */
export interface VerdictTexts {
  readonly headline: Readonly<Record<Headline, string>>;
  readonly evidence: Readonly<Record<EvidenceLevel, string>>;
  readonly freshness: Readonly<Record<Freshness, string>>;
  readonly verdict: Readonly<Record<Verdict, string>>;
  readonly requirement: Readonly<Record<Requirement, string>>;
}

const en: VerdictTexts = {
  headline: {
    certified: 'Certified',
    works: 'Works',
    'works-with-limits': 'Works with limits',
    'does-not-work': 'Does not work',
    conflicting: 'Conflicting: it works on some machines and fails on others',
    'expected-to-work': 'Expected to work, not tested by us on a real device',
    'expected-not-to-work': 'Expected not to work, not tested by us on a real device',
    'not-tested': 'Not tested',
  },
  evidence: {
    E0: 'E0, a driver in the image claims it',
    E1: 'E1, a public list or the vendor says so',
    E2: 'E2, an emulated device',
    E3: 'E3, a real device in use elsewhere',
    E4: 'E4, a real device in the lab',
    E5: 'E5, a real device, certified by a reviewer',
  },
  freshness: {
    fresh: 'up to date',
    ageing: 'ageing: older than 90 days, or a newer point release exists',
    stale: 'stale: the system has changed since, or it was more than a year ago; to be tested again',
    incomplete: 'incomplete: a required test has not been run yet',
    retired: 'retired: this release is no longer tested',
  },
  verdict: { works: 'works', limited: 'works in part', broken: 'broken', unsupported: 'not supported', unstable: 'unstable', unknown: 'no result', not_applicable: 'does not apply' },
  requirement: { required: 'required', recommended: 'recommended', optional: 'optional', trial: 'on trial' },
};

const ru: VerdictTexts = {
  headline: {
    certified: 'Сертифицировано',
    works: 'Работает',
    'works-with-limits': 'Работает с ограничениями',
    'does-not-work': 'Не работает',
    conflicting: 'Результаты противоречивы: на одних машинах работает, на других нет',
    'expected-to-work': 'Должно работать, на настоящем устройстве нами не проверено',
    'expected-not-to-work': 'Работать не должно, на настоящем устройстве нами не проверено',
    'not-tested': 'Не проверено',
  },
  evidence: {
    E0: 'E0, драйвер в образе заявляет поддержку',
    E1: 'E1, по открытым спискам или словам изготовителя',
    E2: 'E2, эмулированное устройство',
    E3: 'E3, настоящее устройство в эксплуатации',
    E4: 'E4, настоящее устройство в лаборатории',
    E5: 'E5, настоящее устройство, подтверждено экспертом',
  },
  freshness: {
    fresh: 'актуально',
    ageing: 'устаревает: старше 90 дней или вышел новый промежуточный выпуск',
    stale: 'устарело: система с тех пор изменилась или прошло больше года; нужна новая проверка',
    incomplete: 'неполно: обязательная проверка ещё не выполнялась',
    retired: 'снято: этот выпуск больше не проверяется',
  },
  verdict: {
    works: 'работает',
    limited: 'работает частично',
    broken: 'не работает',
    unsupported: 'не поддерживается',
    unstable: 'нестабильно',
    unknown: 'нет результата',
    not_applicable: 'не применимо',
  },
  requirement: { required: 'обязательно', recommended: 'желательно', optional: 'по желанию', trial: 'пробная проверка' },
};

export const verdictTexts: Readonly<Record<Language, VerdictTexts>> = { en, ru };
