import { groupAttributes, textOf, textsOf } from '../../wire/ipp/ipp-lookup.ts';
import type { IppAttribute, IppMessage } from '../../wire/ipp/ipp-message.ts';
import { ippOperations } from '../../wire/ipp/ipp-names.ts';
import { IppRefusal } from './ipp-refusal.ts';

const jobOperations: readonly number[] = [ippOperations['Send-Document'], ippOperations['Cancel-Job'], ippOperations['Get-Job-Attributes'], ippOperations['Close-Job']];

/**
 * What RFC 8011, 4.1 asks of every request: version, request-id, operation, the first two attributes, the target.
 * @throws IppRefusal
 */
export function checkRequest(request: IppMessage, printer: readonly IppAttribute[]): void {
  const [major] = request.version;
  const versions = textsOf(printer, 'ipp-versions-supported');
  if (!versions.some((version) => version.startsWith(`${major}.`))) throw new IppRefusal('server-error-version-not-supported', `IPP ${request.version.join('.')} is not spoken here`);
  if (request.requestId <= 0) throw new IppRefusal('client-error-bad-request', `request-id ${request.requestId} is not positive`);
  const operations = printer.find(({ name }) => name === 'operations-supported')?.values ?? [];
  if (!operations.some((value) => value.tag === 'enum' && value.value === request.code)) {
    throw new IppRefusal('server-error-operation-not-supported', `operation 0x${request.code.toString(16)} is not supported`);
  }
  const first = request.groups[0];
  if (first?.tag !== 'operation') throw new IppRefusal('client-error-bad-request', 'the first group is not that of the operation attributes');
  const [charset, language] = first.attributes;
  if (charset?.name !== 'attributes-charset' || charset.values[0]?.tag !== 'charset') throw new IppRefusal('client-error-bad-request', 'attributes-charset is not the first attribute');
  if (language?.name !== 'attributes-natural-language' || language.values[0]?.tag !== 'naturalLanguage') {
    throw new IppRefusal('client-error-bad-request', 'attributes-natural-language is not the second attribute');
  }
  if (!['utf-8', 'us-ascii'].includes(charset.values[0].value)) throw new IppRefusal('client-error-charset-not-supported', `charset ${charset.values[0].value}`);
  checkTarget(request);
}

function checkTarget(request: IppMessage): void {
  const attributes = groupAttributes(request, 'operation');
  const onJob = jobOperations.includes(request.code);
  if (textOf(attributes, 'printer-uri') === undefined && !(onJob && textOf(attributes, 'job-uri') !== undefined)) {
    throw new IppRefusal('client-error-bad-request', onJob ? 'neither printer-uri nor job-uri is given' : 'printer-uri is missing');
  }
}
