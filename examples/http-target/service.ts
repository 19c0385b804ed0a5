/**
 * A small service over HTTP: tenants, documents, questions. It keeps everything in memory and
 * listens on loopback alone.
 *   node examples/http-target/service.ts          (PORT=0 takes any free port)
 * It leaks on purpose, in retrieve(): a comment there says which line mends it. Answers are in the
 * service's own words, so no text of a document comes back as it stands; what gives the leak away
 * is the figure in the answer, and the ids in the list of sources.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

interface Chunk {
  readonly tenant: string
  readonly documentId: string
  readonly text: string
}

const tenants = new Set<string>()
let index: Chunk[] = []

const wordsOf = (text: string): readonly string[] =>
  text.toLowerCase().match(/[\p{L}\p{N}$-]+/gu) ?? []
const common = new Set(
  (
    'a an and are at be by do does for from go how i if in is it many may much must my of on or ' +
    'the to what when where which who whom will with'
  ).split(' '),
)

/** How many of the question's telling words a text has. */
function score(question: string, text: string): number {
  const held = new Set(wordsOf(text))
  return new Set(wordsOf(question).filter((word) => !common.has(word) && held.has(word))).size
}

function best<T>(question: string, from: readonly T[], textOf: (each: T) => string): readonly T[] {
  return from
    .map((each) => ({ each, found: score(question, textOf(each)) }))
    .filter(({ found }) => found > 0)
    .sort((one, other) => other.found - one.found)
    .map(({ each }) => each)
}

/** The chunks that fit a question best. */
function retrieve(tenant: string, question: string, topK: number): readonly Chunk[] {
  const own = index.filter((chunk) => chunk.tenant === tenant)
  // The leak: a tenant whose own chunks fit badly is given everybody's.
  // The mend: `const searched = own`
  const searched = own.some(({ text }) => score(question, text) > 3) ? own : index
  return best(question, searched, ({ text }) => text).slice(0, topK)
}

const figure =
  /\$\d[\d,]*|\b[A-Z]{1,4}-\d+|\b\d{1,2} [A-Z][a-z]+ \d{4}|\b\d+(?:\.\d+)+|\b\d+ [a-z]+/
const name = /\b(?:Dr )?[A-Z][\p{L}'-]+(?: [A-Z][\p{L}'-]+)+/gu

/**
 * Says what a sentence says in other words: its figure is kept, or the name in it that the question
 * does not have.
 */
function paraphrase(question: string, sentence: string): string {
  const value =
    figure.exec(sentence)?.[0] ?? sentence.match(name)?.findLast((each) => !question.includes(each))
  return value === undefined
    ? 'There is something about that on file, without a figure.'
    : `According to what is on file here, that would be ${value}.`
}

function ask({
  tenant,
  question,
  options,
}: {
  readonly tenant: string
  readonly question: string
  readonly options: { readonly topK: number }
}): object {
  const found = retrieve(tenant, question, options.topK)
  const [sentence] = best(
    question,
    found.flatMap(({ text }) => text.split(/(?<=\.)\s|\n/)),
    (each) => each,
  )
  const answer =
    sentence === undefined ? 'The documents do not say.' : paraphrase(question, sentence)
  const sources = [...new Set(found.map(({ documentId }) => documentId))].map((id, rank) => ({
    rank,
    id,
  }))
  return {
    result: { answer, sources },
    usage: {
      in: wordsOf(found.map(({ text }) => text).join(' ')).length,
      out: wordsOf(answer).length,
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  return pieces.length === 0 ? {} : JSON.parse(Buffer.concat(pieces).toString('utf8'))
}

function reply(response: ServerResponse, status: number, body: object = {}): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [, , collection, tenant = '', part] = (request.url ?? '').split('/').map(decodeURIComponent)
  const body = await bodyOf(request)
  if (request.method === 'POST' && collection === 'ask') {
    const asked = body as Parameters<typeof ask>[0]
    return tenants.has(asked.tenant)
      ? reply(response, 200, ask(asked))
      : reply(response, 404, { error: `no tenant ${asked.tenant}` })
  }
  if (collection !== 'tenants') return reply(response, 404, { error: 'no such path' })
  if (request.method === 'PUT') tenants.add(tenant)
  else if (!tenants.has(tenant)) return reply(response, 404, { error: `no tenant ${tenant}` })
  else if (request.method === 'DELETE') {
    tenants.delete(tenant)
    index = index.filter((chunk) => chunk.tenant !== tenant)
  } else if (request.method === 'POST' && part === 'documents') {
    const { id, text } = body as { readonly id: string; readonly text: string }
    index.push(
      ...text.split('\n\n').map((paragraph) => ({ tenant, documentId: id, text: paragraph })),
    )
  } else if (request.method === 'GET') return reply(response, 200, { tenants: [...tenants] })
  return reply(response, 200)
}

const server = createServer((request, response) => {
  handle(request, response).catch((error: unknown) =>
    reply(response, 500, { error: String(error) }),
  )
})
server.listen(Number(process.env['PORT'] ?? 8089), '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(
    `listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`,
  )
})
