/** A line to the control socket of a kept machine, as JSON. */
export type HoldRequest = { readonly do: 'device'; readonly line: string } | { readonly do: 'extend'; readonly minutes: number } | { readonly do: 'release' };

/** The line that comes back for each. */
export type HoldReply = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly message: string; readonly advice?: string };

/** Characters of a line; who sends a longer one is cut off. */
export const longestLine = 64 * 1024;
