import { InvalidArgumentError } from 'commander';

/** A commander parser for a whole number in a range. */
export function integerOption(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most) throw new InvalidArgumentError(`${name} takes a whole number from ${least} to ${most}.`);
    return value;
  };
}
