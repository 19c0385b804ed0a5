/**
 * A real browser for a page: Chromium as the npm package @sparticuz/chromium ships it, driven by
 * playwright-core.
 */
import chromium from '@sparticuz/chromium'
import { chromium as driver, type Browser } from 'playwright-core'

/** Starts one. It may load nothing from anywhere but the file it is given. */
export async function openBrowser(): Promise<Browser> {
  return driver.launch({
    executablePath: await chromium.executablePath(),
    args: [
      ...chromium.args,
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
    headless: true,
  })
}
