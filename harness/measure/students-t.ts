/** Student's t distribution, from jstat, which brings no types and is CommonJS. */
import { createRequire } from 'node:module'

interface StudentsT {
  cdf(x: number, degrees: number): number
  inv(share: number, degrees: number): number
}

const { jStat } = createRequire(import.meta.url)('jstat') as {
  readonly jStat: { readonly studentt: StudentsT }
}

/**
 * Probability of a value up to `x`, and the value below which a share lies, both by degrees of
 * freedom.
 */
export const studentsT: StudentsT = jStat.studentt
