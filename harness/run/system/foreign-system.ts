/**
 * A module or a service of the user's as the system under test. Nothing of ours is started for it.
 * What it does not tell is not known: no cost without tokens, no bill, no capacity; each is said to
 * be not examined, with the reason.
 */
import { monthOf } from '../../../src/base/clock.ts'
import { TenantbenchError } from '../../../src/base/errors.ts'
import type { TargetModule } from '../../../src/base/target-module.ts'
import type { CheckResult } from '../../../src/base/verdict.ts'
import { scenarioSharePerQuery } from '../../recommend/comparison.ts'
import { measuredAlone, type Observed } from '../../measure/sample.ts'
import { openForeignTarget, type ForeignTarget } from '../../target/foreign/foreign-target.ts'
import { httpTarget } from '../../target/http/http-service.ts'
import { loadModule } from '../../target/module/load-module.ts'
import { costOfChat } from '../spend.ts'
import type { SystemOptions } from './reference-system.ts'
import type { NotExamined, OpenSystem, SystemBooks, SystemFacts } from './system.ts'
import type { TargetPlan } from './target-plan.ts'

/** A plan for a system that is not ours. */
export type ForeignPlan = Exclude<TargetPlan, { kind: 'reference' }>

const noBill: NotExamined = {
  id: 'cost.reconciliation',
  reason:
    'the target has no bill to hold its usage against; `readiness --usage CSV --bill CSV` reconciles a month of yours',
}
const noPlace = 'the target does not say how it stores them'

const assumptions = [
  'An answer is right when the planted value stands in it word for word; a right answer in ' +
    'other figures counts as wrong.',
  'Times are measured from here, the way to the target included.',
  'Direct cost is what the told tokens come to at the price of the model; whatever else the ' +
    'target pays for has no part in it.',
  'Tokens are as the target tells them; queries a month, shared cost and prices are the ' +
    "scenario's and the price book's.",
]

/** Opens it: a module is announced and loaded, a service is not asked yet. */
export async function openForeignSystem(
  system: SystemOptions,
  plan: ForeignPlan,
): Promise<OpenSystem> {
  const { options, stages } = system
  const ended = new AbortController()
  const signal = AbortSignal.any([options.signal, ended.signal])
  const target = await stages.during('target', async () => openTarget(system, plan, signal))
  if (plan.kind === 'http' && !plan.createsTenants)
    options.progress.note(
      'target.http has no provision: the tenants of the scenario must be there, and documents ' +
        'of this run stay with them',
    )
  return {
    target,
    lost: ended.signal,
    reference: null,
    isModelled: false,
    isMetered: false,
    plant: async () => undefined,
    closeBooks: (observed) => books(system, target, observed),
    facts: async () => facts,
    release: target.release,
    async [Symbol.asyncDispose]() {
      // Nothing that is still under way may arrive after its tenant was removed.
      ended.abort(new TenantbenchError('TB_TARGET_UNREACHABLE', { detail: 'The run is over.' }))
      for (const sentence of await target.release()) options.progress.note(sentence)
    },
  }
}

async function openTarget(
  { options }: SystemOptions,
  plan: ForeignPlan,
  signal: AbortSignal,
): Promise<ForeignTarget> {
  const { clock, runId, progress } = options
  const common = { kind: plan.kind, runId, clock, signal }
  if (plan.kind === 'http') {
    const { service, createsTenants } = plan
    return openForeignTarget({
      ...common,
      fallbackName: service.name,
      system: httpTarget(service, clock, signal),
      service,
      createsTenants,
      timeoutMs: service.timeoutMs,
    })
  }
  progress.note(`loading ${plan.path}, which runs as code of this process`)
  const system: TargetModule = await loadModule(plan.path)
  return openForeignTarget({
    ...common,
    fallbackName: plan.written,
    system,
    createsTenants: true,
    timeoutMs: plan.timeoutMs,
  })
}

/** Lines of usage come after the answers: they tell what an answer left out. */
function withTold(observed: readonly Observed[], told: ForeignTarget['told']): readonly Observed[] {
  return observed.map((each) => ({
    ...each,
    promptTokens: told.get(each.requestId)?.promptTokens ?? each.promptTokens,
    completionTokens: told.get(each.requestId)?.completionTokens ?? each.completionTokens,
  }))
}

async function books(
  { options, prepared }: SystemOptions,
  target: ForeignTarget,
  asked: readonly Observed[],
): Promise<SystemBooks> {
  const { scenario, clock } = options
  const warnings = await target.readUsage()
  const atMs = clock.nowMs()
  const observed = withTold(asked, target.told)
  const modelOf = new Map(prepared.cells.map(({ id, variant }) => [id, variant.model]))
  const priced = new Map(
    observed.flatMap(({ requestId, cell, promptTokens, completionTokens }) =>
      promptTokens === null || completionTokens === null
        ? []
        : [
            [
              requestId,
              costOfChat(prepared.book, modelOf.get(cell) ?? '', {
                promptTokens,
                completionTokens,
                atMs,
              }),
            ] as const,
          ],
    ),
  )
  const unpriced = [
    ...new Set(
      observed
        .filter(({ requestId }) => priced.get(requestId) === null)
        .map(({ cell }) => modelOf.get(cell) ?? ''),
    ),
  ]
  return {
    month: monthOf(atMs),
    samples: measuredAlone(observed),
    costOf: (requestId) => priced.get(requestId) ?? null,
    whyNoCost:
      unpriced.length > 0
        ? `price book ${prepared.book.id} has no price for ${unpriced.join(', ')}`
        : 'the target does not tell the tokens of every answer, and without them no cost is claimed',
    sharedByCell: scenarioSharePerQuery(scenario, prepared.cells),
    reconciliation: null,
    checks: [...ownMonthCheck(options.ownMonth?.check), ...pricedCheck(prepared.book.id, unpriced)],
    notExamined: options.ownMonth === undefined || options.ownMonth === null ? [noBill] : [],
    warnings,
    servicesPeakMemoryBytes: 0,
  }
}

function ownMonthCheck(check: CheckResult | undefined): readonly CheckResult[] {
  return check === undefined ? [] : [check]
}

/** Usage that was told and has no price is no cost of nothing. */
function pricedCheck(book: string, unpriced: readonly string[]): readonly CheckResult[] {
  return unpriced.length === 0
    ? []
    : [
        {
          id: 'cost.priced',
          verdict: 'inconclusive',
          evidence: `The target told tokens of ${unpriced.join(', ')}, for which price book ${book} has no price.`,
        },
      ]
}

const facts: SystemFacts = {
  services: 'none',
  environment: { postgres: null, database: 'none' },
  capacityLimits: null,
  capacity: [],
  placeOf: () => ({ index: null, storedBytes: null, reason: noPlace }),
  assumptions,
}
