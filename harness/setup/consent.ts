import { createInterface } from 'node:readline/promises';
import type { Deadline } from '../base/deadline.ts';

/** Whether something may be installed without asking, and whether there is somebody to ask. */
export interface Consent {
  readonly yes: boolean;
  readonly interactive: boolean;
}

/** `--yes` (before the command: the launcher makes it HWLAB_YES) or CI go ahead; else a person at the terminal is asked; else nothing is installed. */
export function consentOf(options: { readonly yes?: boolean }): Consent {
  const ci = process.env['CI'] ?? '';
  return { yes: options.yes === true || process.env['HWLAB_YES'] === '1' || !['', '0', 'false'].includes(ci), interactive: process.stdin.isTTY && process.stderr.isTTY };
}

/** Asks on the terminal; Enter means yes. */
export async function ask(question: string, deadline: Deadline): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [Y/n] `, { signal: deadline.signal });
    return /^(y|yes)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
