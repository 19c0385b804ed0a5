/** Opening an asker by its recipe: what a generator's thread needs of a target. */
import type { Clock } from '../../src/base/clock.ts'
import { httpAsker } from './foreign/http-asker.ts'
import type { Asker, TargetRecipe } from './recipe.ts'
import { attachReferenceTarget } from './reference/reference-target.ts'

/** Opens it. */
export async function openAsker(recipe: TargetRecipe, clock: Clock): Promise<Asker> {
  switch (recipe.kind) {
    case 'reference': {
      // Another instance on the same database and providers, as a service's second process.
      const target = await attachReferenceTarget({ ...recipe.options, clock })
      return { ask: target.ask, [Symbol.asyncDispose]: () => target[Symbol.asyncDispose]() }
    }
    case 'http':
      return httpAsker(recipe, clock)
  }
}
