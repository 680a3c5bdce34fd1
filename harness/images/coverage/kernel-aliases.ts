/** A line of modules.alias (depmod(8)). */
export interface KernelAlias {
  readonly pattern: string;
  readonly module: string;
}

/** Buses that devices sit on. File systems, ciphers, network families and the like are no devices; `of` and `platform` are no PCs'. */
const buses = new Set(['usb', 'pci', 'hid', 'acpi*', 'pnp', 'pcmcia', 'sdio', 'hdaudio', 'i2c', 'spi', 'ieee1394', 'serio', 'wmi', 'input', 'sdw', 'mei', 'mdio', 'typec', 'tbsvc', 'rmi', 'virtio', 'bcma', 'ssb', 'mhi']);

/** The aliases of devices in modules.alias; lines that are none are passed over. */
export function parseAliases(text: string): KernelAlias[] {
  return text.split('\n').flatMap((line) => {
    const found = /^alias (\S+) ([\w-]+)\s*$/.exec(line);
    const [, pattern = '', module = ''] = found ?? [];
    return found && isDevice(pattern) ? [{ pattern, module: plainModule(module) }] : [];
  });
}

/** What the modules built into the kernel say of themselves in modules.builtin.modinfo: `module.key=value`, each ended by NUL. */
export function parseBuiltin(text: string): { readonly aliases: KernelAlias[]; readonly firmware: ReadonlyMap<string, readonly string[]>; readonly modules: ReadonlySet<string> } {
  const aliases: KernelAlias[] = [];
  const firmware = new Map<string, string[]>();
  const modules = new Set<string>();
  for (const entry of text.split('\0')) {
    const [, name = '', key = '', value = ''] = /^([\w-]+)\.(\w+)=(.*)$/s.exec(entry) ?? [];
    if (name === '') continue;
    const module = plainModule(name);
    modules.add(module);
    if (key === 'alias' && isDevice(value)) aliases.push({ pattern: value, module });
    if (key === 'firmware') firmware.set(module, [...(firmware.get(module) ?? []), value]);
  }
  return { aliases, firmware, modules };
}

/** `snd-usb-audio` and `snd_usb_audio` are the same module. */
export function plainModule(name: string): string {
  return name.replaceAll('-', '_');
}

function isDevice(pattern: string): boolean {
  return buses.has(pattern.slice(0, Math.max(0, pattern.indexOf(':'))));
}

/**
 * By module, those of its dependencies that lie in its own folder: the shared half of a driver, which often is the one that asks for the
 * firmware (rtw88_8822be needs rtw88_8822b).
 * @param text modules.dep (depmod(8))
 */
export function parseHalves(text: string, nameOf: (path: string) => string): ReadonlyMap<string, readonly string[]> {
  const halves = new Map<string, readonly string[]>();
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const path = line.slice(0, colon);
    const own = line.slice(colon + 1).split(' ').filter((other) => other !== '' && folderOf(other) === folderOf(path)).map(nameOf);
    if (own.length > 0) halves.set(nameOf(path), own);
  }
  return halves;
}
