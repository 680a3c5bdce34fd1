/** Keys whose value is a secret; it must be a reference. */
const secretKey = /pass(word|phrase|wd)?$|secret|token$|private-?key$|community$/i;
const secretWord = /(pass(word|wd)?|secret|token)=\S/i;
const withLogin = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]+@/i;

export interface ClearSecret {
  readonly path: readonly string[];
  readonly why: string;
}

/** An option of a program after which a secret comes. */
const secretOption = /^(-P|--?pass(word|wd|phrase)?|--?secret|--?token)$/i;

/** Secrets that stand in the data itself, and the data with `[secret]` in their place, so that no message about it can show one. */
export function findClearSecrets(value: unknown, path: readonly string[] = []): { readonly value: unknown; readonly found: readonly ClearSecret[] } {
  if (typeof value === 'string' || typeof value === 'number') {
    const why = isBelowSecret(path) ? 'it stands under the name of a secret' : clearWhy(String(value));
    return why === undefined ? { value, found: [] } : { value: '[secret]', found: [{ path, why }] };
  }
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    const parts = items.map((item, at) => {
      const here = [...path, String(at)];
      const before = items[at - 1];
      if (typeof before === 'string' && secretOption.test(before)) return { value: '[secret]', found: [{ path: here, why: `it follows ${before}, and everybody can see it in the list of processes` }] };
      return findClearSecrets(item, here);
    });
    return { value: parts.map((part) => part.value), found: parts.flatMap((part) => part.found) };
  }
  if (typeof value !== 'object' || value === null) return { value, found: [] };
  const parts = Object.entries(value).map(([key, part]) => ({ key, ...findClearSecrets(part, [...path, key]) }));
  return { value: Object.fromEntries(parts.map((part) => [part.key, part.value])), found: parts.flatMap((part) => part.found) };
}

/** Below a key such as `password` only a reference may stand: `env` or `file`. */
function isBelowSecret(path: readonly string[]): boolean {
  const at = path.findIndex((key) => secretKey.test(key));
  const below = path.slice(at + 1);
  return at !== -1 && !(below.length === 1 && (below[0] === 'env' || below[0] === 'file'));
}

function clearWhy(text: string): string | undefined {
  if (withLogin.test(text)) return 'this address has a login in it';
  return secretWord.test(text) ? 'this argument has a secret in it, and everybody can see it in the list of processes' : undefined;
}
