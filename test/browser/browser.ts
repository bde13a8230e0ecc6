/** One Chromium for all browser suites of this process, and pages in it that remember what went wrong. */
import { chromium, type Browser, type Page } from 'playwright-core';

import { script } from '../real/scripts';

/** `npm test` names the Chromium in CHROMIUM; a suite started alone looks for one, and fails where there is none. */
function program(): string {
  return process.env['CHROMIUM'] ?? script('chromium.mjs').trim();
}

// Nothing but the page under test is to speak to anybody.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let running: Promise<Browser> | undefined;

after(async () => {
  await (await running)?.close();
});

interface WatchedPage {
  page: Page;
  /** Errors in the console, uncaught exceptions and failed requests, oldest first. */
  readonly troubles: string[];
  /** Every text that the server sent to the page, joined; libraries and pictures left out. */
  received(): Promise<string>;
}

export async function openPage(options: { language?: string; dark?: boolean } = {}): Promise<WatchedPage> {
  running ??= chromium.launch({ executablePath: program(), args: QUIET });
  const context = await (
    await running
  ).newContext({
    viewport: { width: 1400, height: 1100 },
    locale: options.language ?? 'en-US',
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  const bodies: Promise<string>[] = [];
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(`${message.text()} (${message.location().url})`);
  });
  page.on('response', (response) => {
    if (/\/(vendor|red|icons|favicon)/.test(new URL(response.url()).pathname)) return;
    bodies.push(response.text().catch(() => ''));
  });
  return { page, troubles, received: async () => (await Promise.all(bodies)).join('\n') };
}
