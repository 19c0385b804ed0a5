/** What every implementation of the port ChatModel does. Another vendor is done when it passes. */
import { describe, expect, it } from 'vitest'
import type { ChatModel, ChatRequest } from '../../src/providers/chat-model.ts'
import { describeManners, type Factory } from './support/manners.ts'
import {
  clientSide,
  failureOf,
  providerFailureOf,
  testVendors,
  type TestVendors,
  type TestWorld,
} from './support/vendors.ts'

/** What the suite must know of the vendor behind an implementation. */
export interface ChatVendor {
  /** Its name in the local vendors' endpoints, and in the usage. */
  readonly vendor: 'openai' | 'anthropic'
  readonly model: string
  /** A model whose window a test can fill, and its size in cl100k tokens. */
  readonly narrow: { readonly model: string; readonly windowTokens: number }
}

const fact = 'The billing service listens on port 8443.'
const messages: ChatRequest['messages'] = [
  { role: 'system', content: 'Answer from the passages.' },
  {
    role: 'user',
    content:
      `Passages:\n\n[1] Billing service\n\n${fact} It is restarted every ` +
      'Sunday.\n\nQuestion: Which port does the billing service listen on?',
  },
]

/** Declares the suite for one implementation. */
export function describeChatModel(
  name: string,
  factory: Factory<ChatModel>,
  { vendor, model, narrow }: ChatVendor,
): void {
  const ask = (requestId: string, changes: Partial<ChatRequest> = {}): ChatRequest => ({
    requestId,
    model,
    messages,
    temperature: 0,
    maxOutputTokens: 400,
    ...changes,
  })
  const open = (vendors: TestVendors): ChatModel =>
    factory(vendors.endpoints[vendor], clientSide().fetch)
  const started = async (
    world: TestWorld = {},
  ): Promise<{ vendors: TestVendors; chat: ChatModel } & AsyncDisposable> => {
    const vendors = await testVendors(world)
    return { vendors, chat: open(vendors), [Symbol.asyncDispose]: vendors.close }
  }

  describe(`ChatModel: ${name}`, () => {
    describeManners({
      factory,
      endpointOf: ({ endpoints }) => endpoints[vendor],
      call: (chat, requestId) => chat.answer(ask(requestId)),
    })

    it('answers from the prompt', async () => {
      await using stage = await started()
      const answer = await stage.chat.answer(ask('q1'))
      expect(answer.text).toContain(fact)
      expect(answer.finishReason).toBe('stop')
    })

    it('reports the usage that the vendor billed', async () => {
      await using stage = await started()
      const { usage } = await stage.chat.answer(ask('q1'))
      const [booked, ...more] = stage.vendors.booked()
      expect(more).toEqual([])
      if (booked?.kind !== 'chat') return expect.unreachable('A chat is booked.')
      expect(booked.inputTokens).toBeGreaterThan(20)
      expect(booked.outputTokens).toBeGreaterThan(10)
      const quantities = {
        'input-tokens': booked.inputTokens,
        'output-tokens': booked.outputTokens,
      }
      expect(usage).toEqual([
        {
          operation: 'chat',
          provider: vendor,
          sku: model,
          attempt: 1,
          outcome: 'completed',
          estimated: false,
          quantities,
        },
      ])
    })

    it('says when the answer was cut', async () => {
      await using stage = await started()
      const whole = await stage.chat.answer(ask('q1'))
      const cut = await stage.chat.answer(ask('q1', { maxOutputTokens: 8 }))
      expect(cut.finishReason).toBe('length')
      expect(whole.text.startsWith(cut.text)).toBe(true)
      expect(cut.usage[0]?.quantities['output-tokens']).toBeLessThanOrEqual(8)
    })

    it('is refused for a model that the vendor does not have', async () => {
      await using stage = await started()
      const error = await providerFailureOf(
        stage.chat.answer(ask('q1', { model: `${model}-unheard-of` })),
      )
      expect(error).toMatchObject({ code: 'TB_PROVIDER_REFUSED', usage: [] })
      expect(error.message).toContain(`${model}-unheard-of`)
      expect(stage.vendors.booked()).toEqual([])
    })

    it('is told apart when the prompt is over the window', async () => {
      await using stage = await started()
      const content = ' word'.repeat(narrow.windowTokens)
      const error = await failureOf(
        stage.chat.answer(
          ask('q1', { model: narrow.model, messages: [{ role: 'user', content }] }),
        ),
      )
      expect(error.code).toBe('TB_PROMPT_TOO_LONG')
      expect(stage.vendors.booked()).toEqual([])
    })

    it('meters every stream that breaks off, as the vendor bills it', async () => {
      await using stage = await started({ faults: { abortedStreams: 1 } })
      const error = await providerFailureOf(stage.chat.answer(ask('q1')))
      expect(error.code).toBe('TB_STREAM_ABORTED')
      const outline = error.usage.map(({ attempt, outcome, estimated }) => ({
        attempt,
        outcome,
        estimated,
      }))
      expect(outline).toEqual(
        [1, 2, 3].map((attempt) => ({ attempt, outcome: 'aborted', estimated: true })),
      )
      const booked = stage.vendors.booked()
      expect(booked).toHaveLength(error.usage.length)
      for (const [at, { quantities }] of error.usage.entries()) {
        const bill = booked[at]
        if (bill?.kind !== 'chat') return expect.unreachable('A chat is booked.')
        expect(quantities['input-tokens']).toBeGreaterThan(bill.inputTokens * 0.9)
        expect(quantities['input-tokens']).toBeLessThan(bill.inputTokens * 1.1)
        expect(quantities['output-tokens']).toBeGreaterThan(0)
        expect(quantities['output-tokens']).toBeLessThan(bill.outputTokens)
      }
    })

    it('answers after a stream that broke off, and meters both', async () => {
      await using stage = await started({ faults: { abortedStreams: 0.5 } })
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, at) => stage.chat.answer(ask(`q${at}`)).catch(() => null)),
      )
      const recovered = answers.filter((answer) => answer !== null && answer.usage.length > 1)
      expect(recovered.length).toBeGreaterThan(0)
      for (const answer of recovered) {
        const outcomes = answer?.usage.map(({ outcome }) => outcome) ?? []
        expect(outcomes.slice(0, -1).every((outcome) => outcome === 'aborted')).toBe(true)
        expect(outcomes.at(-1)).toBe('completed')
        expect(answer?.text).not.toBe('')
      }
    })

    it('is the same for the same request id and seed, and draws other times for another', async () => {
      await using one = await started({ seed: 11 })
      await using other = await started({ seed: 11 })
      expect(await one.chat.answer(ask('q1'))).toEqual(await other.chat.answer(ask('q1')))
      await one.chat.answer(ask('q2'))
      const [first, second] = one.vendors.world.served
      expect(other.vendors.world.served[0]?.modelledMs).toBe(first?.modelledMs)
      expect(second?.modelledMs).not.toBe(first?.modelledMs)
    })

    it('draws other times for another seed', async () => {
      await using one = await started({ seed: 11 })
      await using other = await started({ seed: 12 })
      await one.chat.answer(ask('q1'))
      await other.chat.answer(ask('q1'))
      expect(other.vendors.world.served[0]?.modelledMs).not.toBe(
        one.vendors.world.served[0]?.modelledMs,
      )
    })
  })
}
