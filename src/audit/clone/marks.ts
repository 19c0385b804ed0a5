/**
 * Marks: values that occur once in the clone, so that wherever one is seen it says whose row it
 * came from.
 */

/**
 * Who a value belongs to: a tenant's label; `global` for rows of nobody, `shared` for tables
 * without tenants.
 */
export type Owner = string

/** Makes marks and finds them again. */
export interface Marks {
  text(owner: Owner): string
  integer(owner: Owner): string
  uuid(owner: Owner): string
  /** A key of a tenant, when it is distinctive enough to be looked for. */
  remember(value: string, owner: Owner): void
  /** Owners whose marks occur in a text. */
  ownersIn(text: string): ReadonlySet<Owner>
  /**
   * The same, without marks that stand in another text already: what one said oneself is no news.
   */
  ownersBeyond(text: string, said: string): ReadonlySet<Owner>
}

const firstInteger = 730_000_000
const pattern =
  /tbm[0-9a-z]{6}q|\b73\d{7}\b|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}|\b7[01]\d{4}\b|tbk[a-z]+\d?/gi

/** A fresh set of marks. They are counted, not drawn: a clone is the same each time. */
export function createMarks(): Marks {
  const owners = new Map<string, Owner>()
  let count = 0
  const made = (value: string, owner: Owner): string => {
    owners.set(value.toLowerCase(), owner)
    return value
  }
  const found = function* (text: string): Generator<readonly [string, Owner]> {
    for (const [mark] of text.matchAll(pattern)) {
      const owner = owners.get(mark.toLowerCase())
      if (owner !== undefined) yield [mark, owner]
    }
  }
  return {
    text: (owner) => made(`tbm${(++count).toString(36).padStart(6, '0')}q`, owner),
    integer: (owner) => made(String(firstInteger + ++count), owner),
    uuid: (owner) =>
      made(`73b00000-0000-4000-8000-${(++count).toString(16).padStart(12, '0')}`, owner),
    remember: (value, owner) => void made(value, owner),
    ownersIn: (text) => new Set([...found(text)].map(([, owner]) => owner)),
    ownersBeyond: (text, said) =>
      new Set([...found(text)].filter(([mark]) => !said.includes(mark)).map(([, owner]) => owner)),
  }
}
