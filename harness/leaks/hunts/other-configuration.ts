/**
 * Configurations and templates are tenant data: each tenant is answered by its own, also when all
 * ask at once.
 */
import type { Hunt, HuntTenant } from './hunt.ts'

const models = ['gpt-4o-mini', 'gpt-3.5-turbo', 'gpt-4-turbo'] as const
const rounds = 3

/** The hunt. */
export const otherConfiguration: Hunt = {
  id: 'ask.other-configuration',
  vector: 'F13',
  what: "gives tenants models, top_k and templates of their own, and looks for another's while all ask at once",
  async run({ newTenant, ask }, watch) {
    const tenants: {
      readonly tenant: HuntTenant
      readonly model: string
      readonly topK: number
    }[] = []
    for (const [at, model] of models.entries())
      tenants.push({
        tenant: await newTenant(`configured-${at}`, { model, topK: at + 2, template: true }),
        model,
        topK: at + 2,
      })
    const one = async (
      { tenant, model, topK }: (typeof tenants)[number],
      round: number,
    ): Promise<void> => {
      const answer = await ask(tenant, { id: `configured-${tenant.id}-${round}` })
      watch.crossed(
        tenant.id,
        { role: 'app', state: 'under load', attempt: `round ${round + 1}` },
        answer.crossings,
      )
      if (answer.outcome !== 'answered' || answer.configuration === null) return
      const { model: said, topK: saidTopK } = answer.configuration
      watch.held(
        {
          boundary: 'answer',
          role: 'app',
          state: 'under load',
          attempt: `configuration of ${tenant.id}`,
        },
        {
          holds: said === model && saidTopK === topK,
          control: true,
          what: `tenant ${tenant.id} was answered by ${said} k${saidTopK} and not by its own ${model} k${topK}`,
        },
      )
    }
    for (let round = 0; round < rounds; round++)
      await Promise.all(tenants.map((each) => one(each, round)))
  },
}
