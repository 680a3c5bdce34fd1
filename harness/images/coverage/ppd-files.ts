/** A printer that a driver file names. */
export interface NamedPrinter {
  readonly maker: string;
  readonly model: string;
  /** CMD of the device id: languages that the printer is to speak. */
  readonly languages: readonly string[];
  /** What a person chooses in a list. */
  readonly nickName: string;
  /** Filters of CUPS that it needs. */
  readonly filters: readonly string[];
}

/** Maker, model and languages of an IEEE 1284 device id. */
export function parseDeviceIdOf(text: string): { readonly maker: string; readonly model: string; readonly languages: readonly string[] } {
  const field = (...keys: readonly string[]): string => new RegExp(`(?:^|;)\\s*(?:${keys.join('|')})\\s*:([^;]*)`, 'i').exec(text)?.[1]?.trim() ?? '';
  return { maker: field('MFG', 'MANUFACTURER'), model: field('MDL', 'MODEL'), languages: field('CMD', 'COMMAND SET').split(',').map((one) => one.trim().toUpperCase()).filter((one) => one !== '') };
}

/** The printer of a PPD file, by its device id if it has one and by its names (PPD 4.3; CUPS PPD extensions); undefined when it is no PPD. */
export function parsePpd(text: string): readonly NamedPrinter[] {
  if (!text.startsWith('*PPD-Adobe')) return [];
  const values = (key: string): readonly string[] => [...text.matchAll(new RegExp(`^\\*${key}:[ \\t]*"([^"\\n]*)`, 'gm'))].map((found) => (found[1] ?? '').trim()).slice(0, 200);
  const first = (key: string): string => values(key)[0] ?? '';
  const filters = [...values('cupsFilter'), ...values('cupsFilter2')].map((line) => line.split(/\s+/).at(-1) ?? '').filter((name) => name !== '' && name !== '-');
  const maker = first('Manufacturer');
  const nickName = first('NickName') || first('ModelName');
  const id = parseDeviceIdOf(first('1284DeviceID'));
  const models = [first('ModelName'), first('ShortNickName'), ...values('Product').map((name) => name.replace(/^\(|\)$/g, ''))];
  const named = models.filter((model) => model !== '' && model !== '(GPL Ghostscript)' && !/ghostscript/i.test(model)).map((model) => ({ maker, model, languages: id.languages, nickName, filters }));
  return [...(id.model === '' ? [] : [{ ...id, nickName, filters }]), ...named].filter(({ maker: own }) => own !== '');
}

/** The printers of the list that a driver program of CUPS prints, a line each: `"file" en "Maker" "Maker Model Driver" "MFG:..;MDL:..;"`. */
export function parseDriverList(lines: Iterable<string>): readonly NamedPrinter[] {
  const printers: NamedPrinter[] = [];
  for (const line of lines) {
    const [, maker = '', nickName = '', id = ''] = /^"[^"]*" \S+ "([^"]*)" "([^"]*)"(?: "([^"]*)")?/.exec(line) ?? [];
    const device = parseDeviceIdOf(id);
    if (device.model !== '' && device.maker !== '') printers.push({ ...device, nickName, filters: [] });
    else if (maker !== '' && nickName !== '') printers.push({ maker, model: nickName.replace(/ Foomatic\/.*$/, ''), languages: [], nickName, filters: [] });
  }
  return printers;
}
