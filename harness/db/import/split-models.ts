import { cleanText } from './clean-text.ts';

/** Most models that one name is split into. */
const mostModels = 24;

/**
 * Models that a list names in one breath: `DeskJet 840C/842C` are `DeskJet 840C` and `DeskJet 842C`, `CanoScan LiDE 50/LiDE 35` are `CanoScan LiDE 50` and
 * `CanoScan LiDE 35`; `|` parts always. A slash beside a word without digits ("and/or", "Wi-Fi/BT"), of speeds ("10/100") and in brackets parts nothing.
 */
export function splitModels(name: string): readonly string[] {
  const models = cleanText(name, 400)
    .split(/\s*\|\s*/u)
    .flatMap(splitSlashes)
    .map((model) => cleanText(model))
    .filter((model) => model !== '');
  return [...new Set(models)].slice(0, mostModels);
}

function splitSlashes(name: string): readonly string[] {
  // What stands in brackets is another name; its slashes are not the outer one's.
  if (name.includes('[')) return [name];
  const parts = name.split(/\s*\/\s*/u);
  const [first = '', second = ''] = parts;
  const speeds = /(^|\D)10?0?$/u.test(first) && /^10+(\D|$)/u.test(second);
  const models = parts.length > 1 && parts.length <= mostModels && !speeds && parts.every((part) => part.length >= 3 && /[0-9]/.test(part));
  return models ? withCommonHead(parts) : [name];
}

/** `LaserJet 1200 / 1220`: the second has the words of the first before its number, as far as it has none itself. */
function withCommonHead(parts: readonly string[]): readonly string[] {
  const [first = ''] = parts;
  const words = first.split(' ');
  const head = words.slice(0, words.findIndex((word) => /[0-9]/.test(word)));
  return parts.map((part, index) => {
    if (index === 0) return part;
    const own = part.split(' ').findIndex((word) => /[0-9]/.test(word));
    return [...head.slice(0, Math.max(head.length - own, 0)), part].join(' ');
  });
}
