/** USB ids as a claim takes them: `usb:v04A9p2206*`. */
export function usbClaim(vendor: string, product: string): string {
  const four = (digits: string): string => digits.replace(/^0x/i, '').toUpperCase().padStart(4, '0');
  return `usb:v${four(vendor)}p${four(product)}*`;
}

/** Names of the backends that a dll.conf lists (sane-dll(5)): one a line, `#` begins a comment. */
export function parseDllConf(text: string): string[] {
  return text.split('\n').map((line) => line.replace(/#.*/, '').trim()).filter((name) => /^[\w-]{1,60}$/.test(name));
}

/** The USB ids of a backend's configuration, as claims: lines such as `usb 0x04a9 0x2206` (sane-usb(5)). */
export function parseBackendConf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const found = /^\s*usb\s+(0x[0-9a-f]{1,4})\s+(0x[0-9a-f]{1,4})\b/i.exec(line);
    return found ? [usbClaim(found[1] ?? '', found[2] ?? '')] : [];
  });
}

export interface DescribedScanner {
  readonly backend: string;
  readonly model: string;
  readonly claims: readonly string[];
  /** `:status` of the model: `minimal`, `basic`, `good`, `complete`, `untested`, `unsupported`. */
  readonly status: string;
}

/** The models with USB ids of a backend's description (sane-backends, doc/descriptions.txt): lines of `:keyword value`, `;` begins a comment. */
export function parseDescription(text: string): DescribedScanner[] {
  const models: { backend: string; model: string; claims: string[]; status: string }[] = [];
  let backend = '';
  let maker = '';
  for (const line of text.split('\n')) {
    const [, key = '', rest = ''] = /^\s*:(\w+)\s+(.*)$/.exec(line) ?? [];
    const strings = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((found) => found[1] ?? '');
    if (key === 'backend') backend = strings[0] ?? '';
    else if (key === 'mfg') maker = strings[0] ?? '';
    else if (key === 'model') models.push({ backend, model: `${maker} ${strings[0] ?? ''}`.trim().slice(0, 200), claims: [], status: '' });
    else if (key === 'usbid' && /^0x/i.test(strings[0] ?? '') && /^0x/i.test(strings[1] ?? '')) models.at(-1)?.claims.push(usbClaim(strings[0] ?? '', strings[1] ?? ''));
    else if (key === 'status') {
      const model = models.at(-1);
      if (model) model.status = /^:(\w+)/.exec(rest)?.[1] ?? '';
    }
  }
  return models.filter(({ claims }) => claims.length > 0);
}
