/**
 * Progress of a command that has steps, for terminals and logs alike: a line a step, and one for
 * each tenth of a long one.
 */

/** Writes lines to stderr. */
export function showSteps(): (step: string, done: number, of: number) => void {
  let shown = ''
  return (step, done, of) => {
    const line = of > 1 ? `${step}: ${Math.floor((10 * done) / of) * 10} %` : step
    if (line !== shown) process.stderr.write(`${line}\n`)
    shown = line
  }
}
