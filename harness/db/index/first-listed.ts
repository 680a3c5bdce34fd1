import { mostNumbers } from './device-numbers.ts';

/** Numbers of models that only public lists know begin behind those of any device of ours. */
export const firstListed = mostNumbers;
