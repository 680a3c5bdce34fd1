import { fullName } from '../identify-device.ts';
import { decide } from '../identity/decide.ts';
import { matchDevices, type IdentityCatalogue } from '../identity/match-devices.ts';
import type { IndexedAnswers } from '../index/indexed-answers.ts';
import { IndexedCatalogue } from '../index/indexed-catalogue.ts';
import type { ListOracle } from './check-list.ts';
import { RememberingCatalogue } from './remembering-catalogue.ts';

/** Answers the questions of a list from the index of a database. @param images what is asked about, in this order */
export function listOracle(answers: IndexedAnswers, images: readonly string[]): ListOracle {
  return {
    decide: deciderOf(new RememberingCatalogue(new IndexedCatalogue(answers.index, { lists: true })), (id) => answers.device(id)?.invented === undefined),
    name: (id) => {
      const device = answers.device(id);
      return device === undefined ? (answers.lists.model(id)?.fullName ?? id) : fullName(device);
    },
    listed: (id) => (answers.device(id) === undefined ? answers.lists.model(id) : undefined),
    lists: (id) => answers.lists.factsOf(id),
    answer: (id) => {
      const answer = answers.answerOn(id, images);
      if (answer === undefined) throw new RangeError(`identity named ${id}, which is no device of the index`);
      return answer;
    },
  };
}

/** What a text means among the devices of a catalogue. @param sold whether a device can be bought at all: a list does not mean one that the lab made up */
export function deciderOf(catalogue: IdentityCatalogue, sold: (device: string) => boolean): ListOracle['decide'] {
  return (asked) => {
    const all = matchDevices(asked, catalogue).filter(({ device }) => sold(device));
    return { decision: decide(all), all };
  };
}
