/**
 * Errors and notices quote values. Statements that must fail are made to fail on everything that
 * there is.
 */
import { withTenant } from '../../../src/index.ts'
import type { Hunt } from './hunt.ts'
import { errorTexts, inOneGo } from './reading.ts'

const failing: readonly string[] = [
  "select string_agg(title, ';')::integer from documents",
  'select count(*) from documents where title::integer > 0',
  "select string_agg(body, ';')::date from (select body from chunks limit 40) as some",
  'insert into documents select * from documents',
  'update documents set document_id = (select min(document_id) from documents) where ' +
    'document_id <> (select min(document_id) from documents)',
  "insert into chunks select tenant_id, chunk_id, document_id || '?', ordinal, body, tokens from chunks",
]

/** The hunt. */
export const quotedErrors: Hunt = {
  id: 'errors.quoted',
  vector: 'D17',
  what: 'makes statements fail so that the error quotes rows, and raises notices over all rows',
  async run({ tenants, openPool }, watch) {
    const notices: string[] = []
    await using one = openPool(1)
    const listening = {
      ...one,
      onNotice: (_id: unknown, message: string) => void notices.push(message),
    }
    for (const { id } of tenants) {
      for (const [at, text] of failing.entries()) {
        watch.saw(
          id,
          { boundary: 'errors', role: 'app', state: 'recycled', attempt: `statement ${at + 1}` },
          await errorTexts(inOneGo(one, id, text)),
        )
      }
      await withTenant(listening, id, (session) =>
        session.query(
          'do $$ declare said text; begin for said in select title from documents limit 100 ' +
            "loop raise notice '%', said; end loop; end $$",
        ),
      )
      watch.saw(
        id,
        {
          boundary: 'notices',
          role: 'app',
          state: 'recycled',
          attempt: 'a notice for each document',
        },
        notices.splice(0),
      )
    }
  },
}
