/** Enums of IPP by the keywords that ipptool prints for them (IANA, IPP Registrations, enum attribute values). */
const inOrder = (first: number, names: string): Readonly<Record<string, number>> => Object.fromEntries(names.split(' ').flatMap((name, index) => (name === '-' ? [] : [[name, first + index]])));

const operations = {
  ...inOrder(
    2,
    'Print-Job Print-URI Validate-Job Create-Job Send-Document Send-URI Cancel-Job Get-Job-Attributes Get-Jobs Get-Printer-Attributes Hold-Job Release-Job Restart-Job - Pause-Printer Resume-Printer Purge-Jobs Set-Printer-Attributes Set-Job-Attributes Get-Printer-Supported-Values Create-Printer-Subscriptions Create-Job-Subscriptions Get-Subscription-Attributes Get-Subscriptions Renew-Subscription Cancel-Subscription Get-Notifications - Get-Resource-Attributes - Get-Resources - Enable-Printer Disable-Printer Pause-Printer-After-Current-Job Hold-New-Jobs Release-Held-New-Jobs Deactivate-Printer Activate-Printer Restart-Printer Shutdown-Printer Startup-Printer Reprocess-Job Cancel-Current-Job Suspend-Current-Job Resume-Job Promote-Job Schedule-Job-After - Cancel-Document Get-Document-Attributes Get-Documents Delete-Document Set-Document-Attributes Cancel-Jobs Cancel-My-Jobs Resubmit-Job Close-Job Identify-Printer Validate-Document Add-Document-Images Acknowledge-Document Acknowledge-Identify-Printer Acknowledge-Job Fetch-Document Fetch-Job Get-Output-Device-Attributes Update-Active-Jobs Deregister-Output-Device Update-Document-Status Update-Job-Status Update-Output-Device-Attributes Get-Next-Document-Data',
  ),
  ...inOrder(0x4001, 'CUPS-Get-Default CUPS-Get-Printers CUPS-Add-Modify-Printer CUPS-Delete-Printer CUPS-Get-Classes CUPS-Add-Modify-Class CUPS-Delete-Class CUPS-Accept-Jobs CUPS-Reject-Jobs CUPS-Set-Default CUPS-Get-Devices CUPS-Get-PPDs CUPS-Move-Job CUPS-Authenticate-Job CUPS-Get-PPD'),
  'CUPS-Get-Document': 0x4027,
  'CUPS-Create-Local-Printer': 0x4028,
};
const finishings = {
  ...inOrder(3, 'none staple punch cover bind saddle-stitch edge-stitch fold trim bale booklet-maker jog-offset coat laminate'),
  ...inOrder(20, 'staple-top-left staple-bottom-left staple-top-right staple-bottom-right edge-stitch-left edge-stitch-top edge-stitch-right edge-stitch-bottom staple-dual-left staple-dual-top staple-dual-right staple-dual-bottom staple-triple-left staple-triple-top staple-triple-right staple-triple-bottom'),
  ...inOrder(50, 'bind-left bind-top bind-right bind-bottom'),
  ...inOrder(60, 'trim-after-pages trim-after-documents trim-after-copies trim-after-job'),
  ...inOrder(70, 'punch-top-left punch-bottom-left punch-top-right punch-bottom-right punch-dual-left punch-dual-top punch-dual-right punch-dual-bottom punch-triple-left punch-triple-top punch-triple-right punch-triple-bottom punch-quad-left punch-quad-top punch-quad-right punch-quad-bottom punch-multiple-left punch-multiple-top punch-multiple-right punch-multiple-bottom'),
  ...inOrder(90, 'fold-accordion fold-double-gate fold-gate fold-half fold-half-z fold-left-gate fold-letter fold-parallel fold-poster fold-right-gate fold-z fold-engineering-z'),
};

const tables: readonly (readonly [RegExp, Readonly<Record<string, number>>])[] = [
  [/^operations-supported$/, operations],
  [/^finishings(-|$)/, finishings],
  [/orientation-requested/, inOrder(3, 'portrait landscape reverse-landscape reverse-portrait none')],
  [/print-quality/, inOrder(3, 'draft normal high')],
  [/^printer-state$/, inOrder(3, 'idle processing stopped')],
  [/^job-state$/, inOrder(3, 'pending pending-held processing processing-stopped canceled aborted completed')],
];

/** The number of an enum's keyword in this attribute, or of a plain number; undefined where it is not known. */
export function enumNumber(attribute: string, word: string): number | undefined {
  if (/^\d{1,9}$/.test(word)) return Number(word);
  if (/^0x[0-9a-f]{1,8}$/i.test(word)) return Number(word);
  const table = tables.find(([pattern]) => pattern.test(attribute))?.[1];
  return table !== undefined && Object.hasOwn(table, word) ? table[word] : undefined;
}
