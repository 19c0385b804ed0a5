/**
 * The page around a report: everything in one file, no script, and a policy that lets nothing be
 * loaded from anywhere.
 */
import { html, raw } from 'hono/html'
import { printable } from '../../../src/base/text.ts'

/** A piece of a page, safe to be put into another. */
export type Piece = ReturnType<typeof html>

/** A cell of a table: text of anybody, or a piece of ours. */
export type TableCell = string | number | Piece

/**
 * A table that scrolls by itself where the screen is narrow. Columns named in `right` hold figures.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly TableCell[])[],
  right: readonly number[] = [],
): Piece {
  const side = (at: number): string => (right.includes(at) ? 'figure' : '')
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${head.join(', ')}">
    <table>
      <thead>
        <tr>
          ${head.map((name, at) => html`<th scope="col" class="${side(at)}">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell, at) => html`<td class="${side(at)}">${typeof cell === 'string' ? printable(cell) : cell}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`
}

/** A chart with its heading. `svg` is ours, drawn from figures; empty where there are none. */
export function figure(heading: string, svg: string): Piece {
  if (svg === '')
    return html`<figure>
      <figcaption>${heading}</figcaption>
      <p class="quiet">No figures are known.</p>
    </figure>`
  return html`<figure role="img" aria-label="${heading}">
    <figcaption>${heading}</figcaption>
    ${raw(svg)}
  </figure>`
}

/** A word that stands out by its verdict. */
export function badge(verdict: string): Piece {
  return html`<span class="badge ${verdict.replace(/[^a-z-]/g, '')}">${verdict}</span>`
}

/** A section with its heading. */
export function section(id: string, heading: string, body: Piece): Piece {
  return html`<section id="${id}">
    <h2>${heading}</h2>
    ${body}
  </section> `
}

const style = `
:root { color-scheme: light; --ink: #1f2937; --quiet: #6b7280; --line: #e5e7eb; --good: #0f766e; --warn: #b45309; --bad: #b91c1c; }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--ink); background: #f9fafb; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 64px; }
h1 { font-size: 26px; line-height: 1.2; margin: 8px 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 0 0 12px; }
p { margin: 6px 0; overflow-wrap: anywhere; } ul { margin: 6px 0; padding-left: 20px; } li { overflow-wrap: anywhere; margin: 4px 0; }
section { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 18px; margin: 16px 0; }
.quiet { color: var(--quiet); font-size: 13px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 16px 0; }
.card { background: #fff; border: 1px solid var(--line); border-radius: 10px; padding: 12px 14px; }
.card b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; } .card span { color: var(--quiet); font-size: 13px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 12px; }
figure { margin: 0; min-width: 0; } figcaption { font-size: 13px; color: var(--quiet); margin-bottom: 4px; } figure svg { width: 100%; height: auto; display: block; max-height: 900px; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 6px 10px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; } th { color: var(--quiet); font-weight: 500; white-space: nowrap; }
td { max-width: 420px; overflow-wrap: break-word; } .figure { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.badge { display: inline-block; border-radius: 999px; padding: 1px 9px; font-size: 13px; font-weight: 600; color: #fff; background: var(--quiet); white-space: nowrap; }
.badge.pass, .badge.covered { background: var(--good); } .badge.warn, .badge.inconclusive, .badge.invalid, .badge.not-covered { background: var(--warn); } .badge.fail, .badge.leak, .badge.stop { background: var(--bad); }
details summary { cursor: pointer; color: var(--quiet); }
@media print { body { background: #fff; } section { break-inside: avoid; } }
`

/** The whole page. */
export function page(title: string, body: readonly Piece[]): Piece {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
        />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>
          ${raw(style)}
        </style>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `
}
