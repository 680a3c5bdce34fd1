import { InvalidArgumentError } from 'commander';

const units = { m: 60_000, h: 3600_000, d: 24 * 3600_000 } as const;

/** A commander parser for a span of time, `90m`, `2h`, `1h30m`, `3d`, as milliseconds; at most 31 days. */
export function durationOption(text: string): number {
  const parts = [...text.matchAll(/(\d{1,4})([mhd])/g)];
  const length = parts.reduce((sum, [, count = '0', unit = 'm']) => sum + Number(count) * units[unit as keyof typeof units], 0);
  if (parts.map(([part]) => part).join('') !== text || length <= 0 || length > 31 * units.d) throw new InvalidArgumentError('a time is written as 90m, 2h, 1h30m or 3d, at most 31d.');
  return length;
}

/** Milliseconds in words: `2 h 5 min`, `under a minute`. */
export function spanWords(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  const words = [days > 0 ? `${days} d` : '', hours > 0 ? `${hours} h` : '', rest > 0 && days === 0 ? `${rest} min` : ''].filter((word) => word !== '').join(' ');
  return words === '' ? 'under a minute' : words;
}
