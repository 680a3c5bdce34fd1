import { createRequire } from 'node:module';
import { chromium, type Browser } from 'playwright-core';

/** Where Debian and others put it; `hwlab test` installs it, so that a missing Chromium is a failure and no skip. */
const chromiumPath = process.env['HWLAB_CHROMIUM'] ?? '/usr/bin/chromium';
const chromiumArguments = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The script of axe, which looks at a page as somebody with a screen reader or weak eyes would. */
export const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What `axe.run()` finds. */
export interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly impact: string; readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[] }[];
}

/** The system's Chromium, which asks nobody on the network for anything. */
export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: chromiumPath, args: chromiumArguments });
}
