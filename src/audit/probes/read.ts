/**
 * Reads every relation in one session state and notes whose rows came back, in rows, errors and
 * notices.
 */
import { nameOf, type Relation } from '../catalogue/catalogue.ts'
import { qualified, quoted } from '../sql/quote.ts'
import { settingsOf, type Context, type Outcome } from './clone-session.ts'
import { coverageKey, type ContextState, type Evidence } from './evidence.ts'
import { foreignIn, isUnjudged, textOf, unsaidOwners, type ProbeSubject } from './subject.ts'

/** A state to read in. The session is in it already. */
export interface ReadState {
  readonly state: ContextState
  readonly connection: 'fresh' | 'recycled'
  readonly context: Context
  readonly detail: string | null
  readonly belongs: readonly string[]
}

const mostRows = 200

/** The SELECT of all that the role may read; null when that is nothing. */
export function selectSql(
  { privileges, session }: ProbeSubject,
  relation: Relation,
): string | null {
  const columns = privileges.columns(session.role, relation, 'SELECT')
  if (columns.length === 0) return null
  return (
    'select ' +
    `${columns.length === relation.columns.length ? '*' : columns.map(quoted).join(', ')} ` +
    `from ${qualified(relation)} limit ${mostRows}`
  )
}

/** Relations that hold or show rows. */
export function readable({ lookup }: Pick<ProbeSubject, 'lookup'>): readonly Relation[] {
  return lookup.catalogue.relations.filter(
    ({ kind }) => kind === 'r' || kind === 'p' || kind === 'v' || kind === 'm',
  )
}

/**
 * Reads all relations, or those given. Returns the text seen of each, to be compared with another
 * time.
 */
export async function readAll(
  subject: ProbeSubject,
  state: ReadState,
  relations = readable(subject),
): Promise<ReadonlyMap<number, string>> {
  const texts = new Map<number, string>()
  subject.coverage.states.add(`${state.connection} ${state.state}`)
  for (const relation of relations) {
    const sql = selectSql(subject, relation)
    if (sql === null || subject.coverage.slow.has(relation.oid)) continue
    const outcome = await subject.clone.rolledBack(() => subject.clone.run(sql))
    isUnjudged(subject, relation, outcome)
    subject.coverage.probes++
    texts.set(
      relation.oid,
      outcome.error === null ? textOf(outcome.rows) : `! ${outcome.error.state}`,
    )
    noteRead(subject, { relation, state, outcome, sql })
  }
  return texts
}

function noteRead(
  subject: ProbeSubject,
  {
    relation,
    state,
    outcome,
    sql,
  }: {
    readonly relation: Relation
    readonly state: ReadState
    readonly outcome: Outcome
    readonly sql: string
  },
): void {
  const { coverage, session, marks, seeding } = subject
  const rows = textOf(outcome.rows)
  const own = marks.ownersIn(rows).has('A')
  const planted = seeding.planted.get(relation.oid)
  if (state.state === 'own' && outcome.error === null && planted?.has('B') !== false)
    for (const kind of own ? (['read', 'volume'] as const) : [])
      coverage.tried.add(coverageKey(relation.oid, session, kind))
  const base: Omit<Evidence, 'kind' | 'owners' | 'seen'> = {
    oid: relation.oid,
    object: nameOf(relation),
    session,
    state: state.state,
    connection: state.connection,
    sql: statements(subject, state, sql),
    detail: state.detail,
  }
  const foreign = foreignIn(subject, rows, state.belongs)
  if (foreign.length > 0)
    subject.saw({ ...base, kind: 'read', owners: foreign, seen: witness(subject, rows, foreign) })
  const told = [outcome.error?.text ?? '', ...outcome.notices].join('\n')
  const toldOf = unsaidOwners(subject, told, JSON.stringify([sql, state.context]))
  if (toldOf.length > 0)
    subject.saw({ ...base, kind: 'error', owners: toldOf, seen: told.trim().slice(0, 300) })
}

/** The row in which the foreign mark stands. */
export function witness(
  { marks }: Pick<ProbeSubject, 'marks'>,
  text: string,
  foreign: readonly string[],
): string {
  const line =
    text.split('\n').find((each) => foreign.some((owner) => marks.ownersIn(each).has(owner))) ??
    text
  return `${line.slice(0, 160)} (of tenant ${foreign.slice(0, 4).join(', ')})`
}

/** A statement with what brings its session into the state, to be run again by hand. */
export function statements(
  { session }: Pick<ProbeSubject, 'session'>,
  { context, state, connection }: Pick<ReadState, 'context' | 'state' | 'connection'>,
  sql: string,
): string {
  const settings = [...settingsOf(context)].map(
    ([name, value]) =>
      `select set_config('${name.replaceAll("'", "''")}', '${value.replaceAll("'", "''")}', false);`,
  )
  return [
    `set session authorization ${quoted(session.login)};`,
    ...(session.role === session.login ? [] : [`set role ${quoted(session.role)};`]),
    ...(state === 'none'
      ? [
          connection === 'fresh'
            ? '-- a fresh connection, no context'
            : "-- a connection that had a context: it reads '' now",
        ]
      : settings),
    `${sql};`,
  ].join('\n')
}
