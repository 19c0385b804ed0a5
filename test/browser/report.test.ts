/**
 * report.html in a real browser: it loads nothing, runs nothing, shows names as text, and fits a
 * phone.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunRecord } from '../../reports/record/record.ts'
import { reportHtml } from '../../reports/views/html/report-html.ts'
import { hostileRecord } from '../golden/hostile-record.ts'
import { runRecord } from '../unit/support/record.ts'
import { openBrowser } from './browser.ts'

let browser: Browser
let folder: string
beforeAll(async () => {
  browser = await openBrowser()
  folder = mkdtempSync(join(tmpdir(), 'tenantbench-page-'))
})
afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Opened {
  readonly page: Page
  readonly requests: readonly string[]
  /** Requests that got an answer. */
  readonly answered: readonly string[]
  readonly complaints: readonly string[]
}

async function open(record: RunRecord, width = 1_280, html?: string): Promise<Opened> {
  const file = join(folder, `${width}.html`)
  writeFileSync(file, html ?? String(await reportHtml.render(record)))
  const page = await browser.newPage({ viewport: { width, height: 800 } })
  const [requests, answered, complaints]: [string[], string[], string[]] = [[], [], []]
  page.on('request', (request) => requests.push(request.url()))
  page.on('requestfinished', (request) => answered.push(request.url()))
  page.on('console', (message) => complaints.push(message.text()))
  page.on('dialog', (dialog) => void complaints.push(dialog.message()))
  await page.goto(pathToFileURL(file).href)
  return { page, requests, answered, complaints }
}

const scripted =
  '<img src=x onerror="document.title=1"><script>document.title=2</script>"\' onload=alert(1) </style></title>'
const withName = (name: string): RunRecord =>
  runRecord({
    comparison: runRecord().comparison.map((line) => ({
      ...line,
      name,
      reason: name,
      flipsWhen: name,
    })),
    warnings: [name],
    scenario: name,
  })

describe('report.html', () => {
  it('loads nothing but itself, and nothing complains', async () => {
    const { requests, complaints } = await open(hostileRecord)
    expect(requests.filter((url) => !url.startsWith('file:'))).toEqual([])
    expect(requests).toHaveLength(1)
    expect(complaints).toEqual([])
  })

  it('names are text: nothing of them becomes an element or runs', async () => {
    const { page } = await open(withName(scripted))
    expect(await page.locator('script, img, iframe, object, link, form').count()).toBe(0)
    expect(await page.title()).toBe(`${scripted}: pass`)
    expect(await page.locator('h1').innerText()).toContain('<img src=x')
    expect(await page.locator('#comparison td').first().innerText()).toContain('</style></title>')
  })

  it('would run and load if it could: the same page with a planted script is stopped by its own policy', async () => {
    const html = String(await reportHtml.render(runRecord())).replace(
      '</main>',
      '<script>document.title = "ran"</script><img src="https://example.invalid/x.png"></main>',
    )
    const { page, answered, complaints } = await open(runRecord(), 1_281, html)
    expect(await page.title()).not.toBe('ran')
    expect(answered).toHaveLength(1)
    expect(complaints.join(' ')).toMatch(/Content Security Policy/)
  })

  it('draws its charts, and every section is there', async () => {
    const { page } = await open(runRecord())
    expect(await page.locator('figure svg').count()).toBe(5)
    for (const box of await page.locator('figure svg').all())
      expect((await box.boundingBox())?.height).toBeGreaterThan(40)
    expect(await page.locator('section').evaluateAll((found) => found.map(({ id }) => id))).toEqual(
      [
        'charts',
        'comparison',
        'why',
        'tenant-costs',
        'same-question',
        'isolation',
        'reconciliation',
        'capacity',
        'checks',
        'cells',
        'how',
      ],
    )
    expect(await page.locator('#charts').innerText()).toContain('Cost of a query')
  })

  it.each([390, 768, 1_280])('at %i pixels nothing sticks out of the page', async (width) => {
    const { page } = await open(hostileRecord, width)
    await page.locator('summary').click()
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
      width,
    )
  })

  it('is the same for the same record', async () => {
    expect(await reportHtml.render(hostileRecord)).toBe(await reportHtml.render(hostileRecord))
  })
})
