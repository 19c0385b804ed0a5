import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatUsd, parseUsd, picoUsd, sumUsd } from '../../../src/base/money.ts'
import { allocateMonth, allocationMethods, minimumTopUps, shareOut, type AllocationInput, type TenantActivity } from '../../../src/cost/allocation.ts'
import type { Charge } from '../../../src/cost/charge.ts'
import { tenant, testBook } from '../support/prices.ts'

const atMs = Date.parse('2026-03-15')
const ids = ['A', 'B', 'C', 'D', 'E'] as const

function charge(id: string, component: string, amount: bigint): Charge {
  return { tenantId: tenant(id), idempotencyKey: 'k', requestId: 'r', unit: 'input-tokens', component, quantity: { unit: 'input-tokens', numerator: 1n, denominator: 1n }, amount: picoUsd(amount) }
}

const active = (id: string, queries: number, storedBytes = 0): TenantActivity => ({ tenantId: tenant(id), queries, storedBytes })
const month = (change: Partial<AllocationInput>): AllocationInput => ({ charges: [], tenants: [], book: testBook(), method: 'even', atMs, ...change })
const linesOf = (input: AllocationInput): readonly (readonly [string, string, string, string])[] => allocateMonth(input).lines.map(({ tenantId, component, method, amount }) => [tenantId, component, method, formatUsd(amount)])

const charges = fc.array(fc.tuple(fc.constantFrom(...ids), fc.constantFrom('openai.chat', 'pinecone.read', 'pinecone.write'), fc.bigInt({ min: 0n, max: 10n ** 14n })), { maxLength: 40 })
const tenants = fc.uniqueArray(fc.tuple(fc.constantFrom(...ids), fc.nat(10_000), fc.nat(10 ** 11)), { selector: ([id]) => id })

describe('the month', () => {
  it('adds up: lines and unallocated are the total, to the pico-dollar', () => {
    fc.assert(
      fc.property(charges, tenants, fc.constantFrom(...allocationMethods), fc.constantFrom('0', '0.000000000007', '50'), (spent, present, method, minimum) => {
        const input = month({ charges: spent.map(([id, component, amount]) => charge(id, component, amount)), tenants: present.map(([id, queries, bytes]) => active(id, queries, bytes)), method, book: testBook(minimum) })
        const { lines, unallocated, total } = allocateMonth(input)
        expect(sumUsd([...lines.map(({ amount }) => amount), ...unallocated.values()])).toBe(total)
        const direct = sumUsd(lines.filter((line) => line.method === 'direct' && line.component !== 'pinecone.storage').map(({ amount }) => amount))
        expect(direct).toBe(sumUsd(input.charges.map(({ amount }) => amount)))
        const ofPinecone = sumUsd([...lines.filter(({ component }) => component.startsWith('pinecone.')).map(({ amount }) => amount), ...unallocated.values()])
        expect(ofPinecone >= parseUsd(minimum)).toBe(true)
      }),
    )
  })

  it('gives each tenant its own charges and storage', () => {
    const input = month({ charges: [charge('A', 'openai.chat', 5n), charge('A', 'openai.chat', 7n), charge('B', 'openai.chat', 1n)], tenants: [active('A', 1, 2_000_000_000), active('B', 1)] })
    expect(linesOf(input)).toEqual([
      ['A', 'openai.chat', 'direct', '0.000000000012'],
      ['B', 'openai.chat', 'direct', '0.000000000001'],
      ['A', 'pinecone.storage', 'direct', '0.66'],
    ])
  })

  it('does not mix tenants whose names begin alike', () => {
    const both = month({ charges: [charge('A', 'openai.chat', 1n), charge('A.b', 'openai.chat', 2n), charge('a', 'openai.chat', 4n)] })
    expect(allocateMonth(both).lines.map(({ tenantId, amount }) => [tenantId, amount])).toEqual([['A', 1n], ['A.b', 2n], ['a', 4n]])
  })
})

describe('the top-up to a minimum', () => {
  const tenantsOfBoth = [active('A', 3), active('B', 1)]

  it.each([
    ['even', ['25', '25']],
    ['proportional-to-queries', ['37.5', '12.5']],
  ] as const)('is split %s', (method, amounts) => {
    expect(linesOf(month({ tenants: tenantsOfBoth, method, book: testBook('50') }))).toEqual(amounts.map((amount, at) => [ids[at], 'pinecone.minimum', method, amount]))
  })

  it('is split the same when nobody asked anything', () => {
    expect(linesOf(month({ tenants: [active('A', 0), active('B', 0)], method: 'proportional-to-queries', book: testBook('1') })).map(([, , , amount]) => amount)).toEqual(['0.5', '0.5'])
  })

  it('stays visible as unallocated when there is nobody to carry it', () => {
    const { lines, unallocated, total } = allocateMonth(month({ charges: [charge('A', 'pinecone.read', 10n ** 12n)], book: testBook('50') }))
    expect(lines.map(({ component }) => component)).toEqual(['pinecone.read'])
    expect([...unallocated].map(([component, amount]) => [component, formatUsd(amount)])).toEqual([['pinecone.minimum', '49']])
    expect(formatUsd(total)).toBe('50')
  })

  it.each([
    ['49.999999999999', [['pinecone.minimum', '0.000000000001']]],
    ['50', []],
    ['50.1', []],
  ])('after $%s of use is %j', (used, topUps) => {
    const lines = [{ component: 'pinecone.read', amount: parseUsd(used) }, { component: 'openai.chat', amount: parseUsd('1000') }, { component: 'pineconelike.x', amount: parseUsd('1000') }]
    expect([...minimumTopUps(lines, testBook('50'))].map(([component, amount]) => [component, formatUsd(amount)])).toEqual(topUps)
  })
})

describe('sharing out', () => {
  it('adds up by either method, and gives nothing to nobody', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), tenants, fc.constantFrom(...allocationMethods), (amount, present, method) => {
        const parts = shareOut(picoUsd(amount), method, present.map(([id, queries]) => active(id, queries)))
        expect(parts.size).toBe(present.length)
        expect(sumUsd(parts.values())).toBe(present.length === 0 ? 0n : amount)
      }),
    )
  })
})
