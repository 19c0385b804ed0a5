/**
 * `npm run screenshots -- <run folder>`: the report of a run as a browser shows it, at desktop and
 * phone width, into docs/screenshots.
 */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import chromium from '@sparticuz/chromium'
import { chromium as driver } from 'playwright-core'

const widths = {
  desktop: { width: 1280, height: 1600 },
  phone: { width: 390, height: 844 },
} as const
const run = process.argv[2]
if (run === undefined) {
  console.error('Name the folder of a run.')
  process.exitCode = 2
} else {
  mkdirSync('docs/screenshots', { recursive: true })
  const browser = await driver.launch({
    executablePath: await chromium.executablePath(),
    args: chromium.args,
    headless: true,
  })
  try {
    for (const [name, viewport] of Object.entries(widths)) {
      const page = await browser.newPage({ viewport })
      await page.goto(pathToFileURL(resolve(run, 'report.html')).href)
      await page.screenshot({
        path: join('docs/screenshots', `report-${name}.png`),
        fullPage: name === 'desktop',
      })
    }
  } finally {
    await browser.close()
  }
}
