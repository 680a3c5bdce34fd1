import type { Browser, Page } from 'playwright-core';
import { HwlabError, messageOf } from '../base/hwlab-error.ts';
import type { Deadline } from '../base/deadline.ts';

/** A page in a browser of the guest, over the browser's debugging port (Chrome DevTools Protocol). Disposing lets go of it; the browser stays. */
export interface GuestPage extends AsyncDisposable {
  /** Name and version of the browser. */
  readonly browser: string;
  /** The value of a JavaScript expression in the page; JSON-safe values only. */
  ask<T>(expression: string, deadline: Deadline): Promise<T>;
  screenshot(deadline: Deadline): Promise<Uint8Array>;
}

/**
 * Finds the page whose address contains `address` in the browser whose debugging port is `port` of this host's loopback.
 * @throws HwlabError product `no-browser` or `no-such-page`
 */
export async function openGuestPage(port: number, address: string, deadline: Deadline): Promise<GuestPage> {
  const { chromium } = await import('playwright-core');
  const browser = await deadline
    .race('connecting to the browser', chromium.connectOverCDP(`http://127.0.0.1:${port}`, { timeout: Math.max(1, deadline.remaining) }))
    .catch((cause: unknown) => {
      throw new HwlabError({ code: 'no-browser', blame: 'product', message: `no browser answers on its debugging port: ${messageOf(cause).slice(0, 300)}`, cause });
    });
  const pages = browser.contexts().flatMap((context) => context.pages());
  const page = pages.find((candidate) => candidate.url().includes(address));
  if (!page) {
    await browser.close();
    throw new HwlabError({ code: 'no-such-page', blame: 'product', message: `the browser shows no page "${address}"; it shows ${pages.map((other) => other.url().slice(0, 100)).join(', ') || 'none'}` });
  }
  return new PlaywrightPage(browser, page);
}

class PlaywrightPage implements GuestPage {
  readonly browser: string;
  readonly #browser: Browser;
  readonly #page: Page;

  constructor(browser: Browser, page: Page) {
    this.browser = `${browser.browserType().name()} ${browser.version()}`;
    this.#browser = browser;
    this.#page = page;
  }

  async ask<T>(expression: string, deadline: Deadline): Promise<T> {
    return await deadline.race('asking the page', this.#page.evaluate<T>(expression));
  }

  async screenshot(deadline: Deadline): Promise<Uint8Array> {
    return new Uint8Array(await this.#page.screenshot({ timeout: Math.max(1, deadline.remaining) }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
