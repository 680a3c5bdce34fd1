import { parseDeviceIdOf, type NamedPrinter } from './ppd-files.ts';

interface Scope {
  maker: string;
  filters: string[];
  model: string;
  nickName: string;
  ids: string[];
  products: string[];
}

/** Filters that a DriverType of CUPS stands for (ppdcfile(5)). */
const filterOfType: Readonly<Record<string, string>> = { dymo: 'rastertolabel', epson: 'rastertoepson', escp: 'rastertoescpx', hp: 'rastertohp', label: 'rastertolabel', okidata: 'rastertoepson', pcl: 'rastertopclx' };
const mostPrinters = 50_000;
const mostDepth = 64;

/** The printers of a driver information file (ppdcfile(5)). A block in braces inherits what stands before it outside. Files that it includes define media and fonts and are not read. */
export function parseDrv(text: string): readonly NamedPrinter[] {
  const printers: NamedPrinter[] = [];
  const stack: Scope[] = [{ maker: '', filters: [], model: '', nickName: '', ids: [], products: [] }];
  const tokens = [...tokensOf(text)];
  for (let at = 0; at < tokens.length && printers.length < mostPrinters; at += 1) {
    const scope = stack.at(-1);
    if (scope === undefined) break;
    const value = (offset: number): string => (tokens[at + offset]?.text ?? '').slice(0, 400);
    const token = tokens[at];
    if (token === undefined || token.quoted) continue;
    switch (token.text.toLowerCase()) {
      case '{':
        if (stack.length >= mostDepth) return printers;
        stack.push({ ...scope, filters: [...scope.filters], ids: [...scope.ids], products: [...scope.products] });
        break;
      case '}':
        printers.push(...printersOf(scope));
        if (stack.length > 1) stack.pop();
        // What was printed inside is not printed again by the block around it.
        break;
      case 'manufacturer':
        scope.maker = value(1);
        break;
      case 'modelname':
        scope.model = value(1);
        break;
      case 'drivertype': {
        const filter = filterOfType[value(1).toLowerCase()];
        if (filter !== undefined) scope.filters.push(filter);
        break;
      }
      case 'filter':
        // `Filter type cost program`, or all three in one string.
        scope.filters.push(tokens[at + 1]?.quoted ? (value(1).split(/\s+/)[2] ?? '-') : value(3));
        break;
      case 'attribute':
        if (/^1284DeviceID$/i.test(value(1))) scope.ids.push(value(3));
        else if (/^Product$/i.test(value(1))) scope.products.push(value(3));
        else if (/^NickName$/i.test(value(1))) scope.nickName = value(3);
        break;
    }
  }
  // A file with one printer needs no braces.
  if (stack.length === 1 && stack[0]) printers.push(...printersOf(stack[0]));
  return printers;
}

function printersOf({ maker, model, nickName, ids, products, filters }: Scope): readonly NamedPrinter[] {
  if (model === '') return [];
  const name = nickName || (model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${maker} ${model}`);
  const byId = ids.map((id) => parseDeviceIdOf(id)).filter((id) => id.model !== '' && id.maker !== '').map((id) => ({ ...id, nickName: name, filters }));
  const languages = byId[0]?.languages ?? [];
  return [...byId, ...[model, ...products.map((one) => one.replace(/^\(|\)$/g, ''))].map((own) => ({ maker, model: own, languages, nickName: name, filters }))].filter((one) => one.maker !== '');
}

/** Words, quoted strings and braces; comments of both kinds and directives (`#include`) are left out. What is never closed goes to the end, so that time grows with the length only. */
function* tokensOf(text: string): Generator<{ readonly text: string; readonly quoted: boolean }> {
  for (const [token] of text.matchAll(/\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|(?![\s\S]))|^[ \t]*#[^\n]*|"(?:[^"\\]|\\[\s\S])*(?:"|(?![\s\S]))|<[^>\n]{0,400}>|[{}]|[^\s{}"]+/gm)) {
    if (/^(\/\/|\/\*|[ \t]*#)/.test(token)) continue;
    if (token.startsWith('"')) yield { text: token.slice(1, token.length > 1 && token.endsWith('"') ? -1 : undefined), quoted: true };
    else yield { text: token, quoted: false };
  }
}
