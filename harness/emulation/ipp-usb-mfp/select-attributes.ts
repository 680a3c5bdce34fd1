import type { IppAttribute } from '../../wire/ipp/ipp-message.ts';
import { isJobTemplate } from './job-template.ts';

/**
 * The attributes that `requested-attributes` asks for (RFC 8011, 4.2.5.1): names and groups. `media-col-database` comes only when it is asked for by name
 * (PWG 5100.7, 6.3.18).
 */
export function selectPrinterAttributes(attributes: readonly IppAttribute[], requested: readonly string[]): IppAttribute[] {
  const wanted = new Set(requested.length === 0 ? ['all'] : requested);
  return attributes.filter(({ name }) => {
    if (wanted.has(name)) return true;
    if (name === 'media-col-database') return false;
    return wanted.has('all') || wanted.has(isJobTemplate(name) ? 'job-template' : 'printer-description');
  });
}

/** The same for a job; `fallback` is what comes when nothing is requested. */
export function selectJobAttributes(attributes: readonly IppAttribute[], requested: readonly string[], fallback: readonly string[]): IppAttribute[] {
  const wanted = new Set(requested.length === 0 ? fallback : requested);
  return attributes.filter(({ name }) => wanted.has(name) || wanted.has('all') || wanted.has(isJobTemplate(name) ? 'job-template' : 'job-description'));
}
