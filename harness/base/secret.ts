import { open } from 'node:fs/promises';
import { inspect } from 'node:util';
import { HwlabError } from './hwlab-error.ts';

/** Where a secret is kept. The lab file holds this, never the secret: a name of the environment, or a file that its owner alone can read. */
export type SecretRef = { readonly env: string } | { readonly file: string };

/** A secret that shows itself only to `reveal`: printed, logged, inspected or made JSON it reads `[secret]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself: for the environment of a program or the body of a request, never for an argument, a message or a log. */
  reveal(): string {
    return this.#value;
  }

  /** `text` without the secret, for what a program or a controller answered. */
  scrub(text: string): string {
    return this.#value.length < 3 ? text : text.replaceAll(this.#value, '[secret]');
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}

/** Turns a reference into the secret; the caller keeps it no longer than it must. */
export type SecretReader = (ref: SecretRef) => Promise<Secret>;

/**
 * Reads a secret: a variable of the environment, or the first line of a file with mode 0600 or 0400 that belongs to this user.
 * @throws HwlabError usage `secret-missing`, `secret-too-open`
 */
export async function readSecret(ref: SecretRef, environment: NodeJS.ProcessEnv = process.env): Promise<Secret> {
  if ('env' in ref) {
    const value = environment[ref.env];
    if (value === undefined || value === '') throw missing(`the environment has no ${ref.env}`, `set ${ref.env} before the command`);
    return new Secret(value);
  }
  const file = await open(ref.file, 'r').catch((cause: unknown) => {
    throw missing(`${ref.file} cannot be read`, `make it, with the secret as its only line: install -m 600 /dev/stdin ${ref.file}`, cause);
  });
  try {
    const facts = await file.stat();
    const owner = process.getuid?.() ?? facts.uid;
    if (!facts.isFile() || (facts.mode & 0o077) !== 0 || facts.uid !== owner) {
      throw new HwlabError({ code: 'secret-too-open', blame: 'usage', message: `${ref.file} holds a secret and others may read or own it`, advice: `run: chown $(id -un) ${ref.file} && chmod 600 ${ref.file}` });
    }
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const value = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0] ?? '';
    if (value === '') throw missing(`${ref.file} is empty`, 'write the secret as its only line');
    return new Secret(value);
  } finally {
    await file.close();
  }
}

function missing(message: string, advice: string, cause?: unknown): HwlabError {
  return new HwlabError({ code: 'secret-missing', blame: 'usage', message, advice, ...(cause === undefined ? {} : { cause }) });
}
