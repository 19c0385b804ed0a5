/**
 * Samples that differ from commit to commit and repeat for one: what takes too long is seen in full
 * over some commits.
 */
import { spawnSync } from 'node:child_process'
import { randomFor } from '../../src/base/random.ts'

/** The commit that is tested; a fixed word where there is none. */
function commit(): string {
  const { stdout, status } = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : 'no commit'
}

/** Draws some of all, by what they are for and the commit. */
export function drawn<T>(purpose: string, all: readonly T[], count: number): readonly T[] {
  return randomFor([purpose, commit()]).shuffle(all).slice(0, count)
}
