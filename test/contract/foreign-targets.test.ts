/** The target contract on systems that are not ours: a module, and the same behind HTTP. */
import type { ServerResponse } from 'node:http'
import { openForeignTarget } from '../../harness/target/foreign/foreign-target.ts'
import { httpTarget, type HttpService } from '../../harness/target/http/http-service.ts'
import { systemClock } from '../../src/base/clock.ts'
import { messageOf } from '../../src/base/errors.ts'
import { newSuffix } from '../../src/base/random.ts'
import type { TargetModule, TargetQuery, ToldUsage } from '../../src/base/target-module.ts'
import { target as rag } from '../../examples/module-target/target.ts'
import { json, testServer, type Asked } from '../support/http-server.ts'
import { describeTarget, type TargetStage } from './target.contract.ts'

const model = 'a-model-of-theirs'

/**
 * The example's module with one model, that shows the mark of its tenant in the answer as a
 * citation would.
 */
function oneModel(): TargetModule {
  const failed: ToldUsage[] = []
  return {
    ...rag,
    async query(query) {
      if (query.config.model !== model) {
        failed.push({
          tenantId: query.tenantId,
          requestId: query.requestId,
          promptTokens: 0,
          completionTokens: 0,
        })
        throw new Error(`there is no model ${query.config.model}`)
      }
      const told = await rag.query(query)
      return {
        ...told,
        answer: `${told.answer} See ${told.seen?.prompt?.[0]?.split('\n')[0] ?? ''}.`,
      }
    },
    usage: async (tenantId) => [
      ...((await rag.usage?.(tenantId)) ?? []),
      ...failed.filter((line) => line.tenantId === tenantId),
    ],
  }
}

const common = {
  runId: newSuffix(),
  createsTenants: true,
  clock: systemClock,
  timeoutMs: 5_000,
  fallbackName: 'x',
  signal: new AbortController().signal,
}

describeTarget("a module of a user's", async (): Promise<TargetStage> => {
  const target = openForeignTarget({ ...common, kind: 'module', system: oneModel() })
  return {
    target,
    model,
    isForeign: true,
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  }
})

const service = (baseUrl: string): HttpService => ({
  name: 'x',
  baseUrl,
  headers: { 'x-tenant': '{{tenant}}' },
  secrets: [],
  timeoutMs: 5_000,
  maxResponseBytes: 100_000,
  provision: { method: 'PUT', path: '/tenants' },
  ingest: {
    method: 'POST',
    path: '/documents',
    body: { id: '{{document.id}}', title: '{{document.title}}', text: '{{document.text}}' },
  },
  query: {
    method: 'POST',
    path: '/ask',
    body: {
      requestId: '{{requestId}}',
      question: '{{question}}',
      config: { model: '{{model}}', topK: '{{topK}}', rerank: '{{rerank}}' },
    },
    response: {
      answer: '/answer',
      sources: '/sources',
      usage: { promptTokens: '/usage/promptTokens', completionTokens: '/usage/completionTokens' },
      seen: { prompt: '/seen/prompt' },
    },
  },
  deprovision: { method: 'DELETE', path: '/tenants' },
})

async function serve(
  system: TargetModule,
  { method, url, headers, body }: Asked,
  response: ServerResponse,
): Promise<void> {
  const tenantId = String(headers['x-tenant'])
  const given = (body === '' ? {} : JSON.parse(body)) as never
  try {
    if (url === '/ask')
      return json(response, await system.query({ ...(given as TargetQuery), tenantId }))
    if (url === '/documents') await system.ingest(tenantId, [given])
    else if (method === 'PUT')
      await system.provision({
        id: tenantId,
        name: '',
        tier: '',
        config: { model, topK: 1, rerank: false },
      })
    else await system.deprovision?.(tenantId)
    json(response, {})
  } catch (error) {
    json(response, { error: messageOf(error) }, 400)
  }
}

describeTarget('a service over HTTP', async (): Promise<TargetStage> => {
  const system = oneModel()
  const server = await testServer((asked, response) => void serve(system, asked, response))
  const target = openForeignTarget({
    ...common,
    kind: 'http',
    system: httpTarget(service(server.url), systemClock, common.signal),
  })
  return {
    target,
    model,
    isForeign: true,
    async [Symbol.asyncDispose]() {
      await target[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
})
