import type { Texts } from './texts.ts';

const units = { en: { ms: 'ms', s: 's', min: 'min', h: 'h' }, ru: { ms: 'мс', s: 'с', min: 'мин', h: 'ч' } } as const;

/** 840 ms, 6.2 s, 6 min 12 s, 2 h 5 min. */
export function duration(milliseconds: number, texts: Texts): string {
  const unit = units[texts.language];
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ${unit.ms}`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toLocaleString(texts.locale, { maximumFractionDigits: 1, minimumFractionDigits: 1 })} ${unit.s}`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} ${unit.min} ${seconds % 60} ${unit.s}`;
  return `${Math.floor(seconds / 3600)} ${unit.h} ${Math.floor((seconds % 3600) / 60)} ${unit.min}`;
}

/** 22 November 2026, 03:15 UTC */
export function dateTime(iso: string, texts: Texts): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = date.toLocaleDateString(texts.locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${iso.slice(11, 16)} UTC`;
}

export function dateOnly(iso: string, texts: Texts): string {
  return new Date(iso).toLocaleDateString(texts.locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}
