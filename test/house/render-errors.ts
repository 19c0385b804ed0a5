/** Renders the registry of errors as docs/errors.md. Pure: a registry in, Markdown out. */

/** A registry, as far as the page shows it. */
export type ErrorTable = Readonly<
  Record<string, { readonly exitCode: number; readonly means: string; readonly wayOut: string }>
>

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** The page, with the codes in alphabetical order. */
export function renderErrors(table: ErrorTable): string {
  const codes = Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1))
  const rows = codes.map(
    ([code, { means, wayOut, exitCode }]) =>
      `| \`${code}\` | ${cell(means)} | ${cell(wayOut)} | ${exitCode} |`,
  )
  return `# Errors

Every error has a code, says what is wrong and names the next step; the command line ends with its exit code. This page is written
from \`src/base/errors.ts\` by \`npx vitest run --project house -u\`, and a test keeps the two equal.

| code | meaning | way out | exit code |
|---|---|---|---|
${rows.join('\n')}
`
}
