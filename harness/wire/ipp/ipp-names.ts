/** Operations that a printer here knows (RFC 8011, 5.4.15; PWG 5100.11, 5100.13). */
export const ippOperations = {
  'Print-Job': 0x02,
  'Validate-Job': 0x04,
  'Create-Job': 0x05,
  'Send-Document': 0x06,
  'Cancel-Job': 0x08,
  'Get-Job-Attributes': 0x09,
  'Get-Jobs': 0x0a,
  'Get-Printer-Attributes': 0x0b,
  'Cancel-My-Jobs': 0x39,
  'Close-Job': 0x3b,
  'Identify-Printer': 0x3c,
} as const;

export type IppOperationName = keyof typeof ippOperations;

const operationNames = new Map<number, IppOperationName>((Object.entries(ippOperations) as [IppOperationName, number][]).map(([name, number]) => [number, name]));

/** `Print-Job`, or `operation 0x4001` for one that is not known. */
export function ippOperationName(code: number): string {
  return operationNames.get(code) ?? `operation 0x${code.toString(16).padStart(4, '0')}`;
}

/** Status codes (RFC 8011, appendix B). */
export const ippStatus = {
  'successful-ok': 0x0000,
  'successful-ok-ignored-or-substituted-attributes': 0x0001,
  'client-error-bad-request': 0x0400,
  'client-error-not-possible': 0x0404,
  'client-error-timeout': 0x0405,
  'client-error-not-found': 0x0406,
  'client-error-request-entity-too-large': 0x0408,
  'client-error-document-format-not-supported': 0x040a,
  'client-error-attributes-or-values-not-supported': 0x040b,
  'client-error-charset-not-supported': 0x040d,
  'client-error-compression-not-supported': 0x040f,
  'server-error-internal-error': 0x0500,
  'server-error-operation-not-supported': 0x0501,
  'server-error-version-not-supported': 0x0503,
  'server-error-multiple-document-jobs-not-supported': 0x0509,
} as const;

export type IppStatusName = keyof typeof ippStatus;

const statusNames = new Map<number, string>(Object.entries(ippStatus).map(([name, number]) => [number, name]));

export function ippStatusName(code: number): string {
  return statusNames.get(code) ?? `status 0x${code.toString(16).padStart(4, '0')}`;
}
