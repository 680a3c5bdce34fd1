import type { InvestigationCheck } from '../../db/generated/investigations.ts';

/** A reason in both languages. What comes from a guest, a result or an error stays as it is. */
export type Both = readonly [en: string, ru: string];

/** The reasons of a verdict, as sentences. */
export const because = {
  cannotRun: ([en, ru]: Both): Both => [`the lab could not run it again on a pristine clone: ${en}`, `стенд не смог повторить его на чистой копии: ${ru}`],
  cannotRepeat: ([en, ru]: Both): Both => [`it cannot be run again: ${en}`, `повторить нельзя: ${ru}`],
  sporadic: (passes: number, runs: number): Both => [`the same image, suite, machine and device passed ${passes} of ${runs} times on pristine clones`, `те же образ, набор тестов, машина и устройство на чистых копиях прошли ${passes} из ${runs} раз`],
  steady: (otherwise: boolean): Both => [`it comes again on a pristine clone${otherwise ? ', with another failure than before' : ''}`, `повторяется на чистой копии${otherwise ? ', но с другим отказом' : ''}`],
  lastGoodImage: (image: string): Both => [`today's suite passes on the last good image, ${image}`, `сегодняшний набор тестов проходит на последнем исправном образе, ${image}`],
  lastGoodSuite: (suite: string): Both => [`the suite of the last good run, ${suite}, passes on today's image`, `набор тестов последнего успешного запуска, ${suite}, проходит на сегодняшнем образе`],
  modelChanged: (result: string): Both => [`the model's data changed since ${result}`, `данные модели изменились после ${result}`],
  modelOfClass: (model: string): Both => [`another model of the class, ${model}, passes`, `другая модель этого класса, ${model}, проходит`],
  modelOnSameImage: (model: string): Both => [`another model of the class, ${model}, passes on the same image`, `другая модель этого класса, ${model}, проходит на том же образе`],
  machineFails: (machine: string): Both => [`on another machine, ${machine}, it fails too`, `на другой машине, ${machine}, тоже отказ`],
  machinePasses: (machine: string): Both => [`it passes on another machine, ${machine}`, `на другой машине, ${machine}, проходит`],
  onlyTogether: (machine: string, model: string): Both => [`it passes on another machine, ${machine}, and with another model, ${model}: only the two together fail`, `на другой машине, ${machine}, и с другой моделью, ${model}, проходит: отказывает только их сочетание`],
  neverPassed: ['it never passed in this database, so that image and test cannot be told apart', 'в этой базе он ни разу не проходил, поэтому образ и тест не различить'] satisfies Both,
  imageChanged: (result: string, suite: 'changed' | 'fails' | 'same'): Both => [
    `since it passed in ${result}, the image changed${{ changed: ', and the suite', fails: '; the suite of then fails too', same: '; suite and device did not' }[suite]}`,
    `после успеха в ${result} изменился образ${{ changed: ' и набор тестов', fails: '; с прежним набором тестов тоже отказ', same: ', а набор тестов и устройство — нет' }[suite]}`,
  ],
  suiteChanged: (result: string, image: 'fails' | 'same'): Both => [
    `since it passed in ${result}, the suite changed${{ fails: '; the image of then fails too', same: '; the image did not' }[image]}`,
    `после успеха в ${result} изменился набор тестов${{ fails: '; на прежнем образе тоже отказ', same: ', а образ — нет' }[image]}`,
  ],
  surroundings: (result: string, changes: readonly string[]): Both => [`neither image nor suite brings it; since it passed in ${result}, this changed: ${changes.join(', ')}`, `дело не в образе и не в наборе тестов; после успеха в ${result} изменилось: ${changes.join(', ')}`],
  nothingChanged: (result: string): Both => [`nothing that is recorded changed since it passed in ${result}`, `после успеха в ${result} не изменилось ничего из того, что записано`],
  timeEnded: (runs: number): Both => [`the time ended after ${runs} ${runs === 1 ? 'run' : 'runs'}`, `время вышло; запусков: ${runs}`],
} as const;

const changed: Readonly<Record<InvestigationCheck['check'], Both>> = {
  again: ['again', 'ещё раз'],
  'last-good-image': ['on the last good image', 'на последнем исправном образе'],
  'last-good-suite': ['with the last good suite', 'с последним исправным набором тестов'],
  'other-machine': ['on another machine', 'на другой машине'],
  'other-model': ['with another model', 'с другой моделью'],
};

/** A check in which it failed as well. */
export function failsToo({ check, on, answer }: InvestigationCheck): Both {
  const otherwise = answer === 'other failure';
  return [`it fails ${changed[check][0]}, ${on}, too${otherwise ? ', but otherwise' : ''}`, `${changed[check][1]}, ${on}, тоже отказ${otherwise ? ', но другой' : ''}`];
}

/** A check that could not be had. */
export function notTried(of: InvestigationCheck): Both {
  const { check, answer } = of;
  const [en, ru] = whyOf(of);
  return [`${check} ${answer}: ${en}`, `${changed[check][1]} ${answer === 'not done' ? 'не выполнялось' : 'нет ответа'}: ${ru}`];
}

/** Why a check has no answer: an error message stays as it is. */
export function whyOf({ why, whyInRussian }: InvestigationCheck): Both {
  return [why ?? 'no reason', whyInRussian ?? why ?? 'причина не названа'];
}

/** `on the last good image, school-1: passes (20261122-...-001)` */
export function checkText({ check, on, answer, result, why }: InvestigationCheck): string {
  return `${changed[check][0]}, ${on}: ${answer}${result === undefined ? '' : ` (${result})`}${why === undefined ? '' : `: ${why.split('\n')[0]?.slice(0, 200) ?? ''}`}`;
}
