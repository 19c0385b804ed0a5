/**
 * One exchange with a service: sent to the host that the scenario names and to no other, within a
 * time and a size, redirects followed only where they change nothing but the path. Whatever goes
 * wrong is an error with the service's own words, cut and masked.
 */
import { request as send, type Dispatcher } from 'undici'
import type { Clock } from '../../../src/base/clock.ts'
import { messageOf, TenantbenchError } from '../../../src/base/errors.ts'
import { clip, printable } from '../../../src/base/text.ts'
import type { Mask } from './secrets.ts'

/** Where and how requests go. */
export interface ExchangeOptions {
  readonly baseUrl: URL
  readonly timeoutMs: number
  readonly maxResponseBytes: number
  readonly clock: Clock
  readonly mask: Mask
}

/** One request, filled in. */
export interface Request {
  /** What it is called in messages: no value of anybody's is in it. */
  readonly label: string
  readonly method: string
  /** From the base on, encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** A JSON value, or nothing. */
  readonly body: unknown
  /** Ends the request early. */
  readonly signal: AbortSignal | null
}

/** What came back: the status, and the body as text. */
export interface Response {
  readonly status: number
  readonly text: string
}

const mostRedirects = 3
const wordsShown = 300

/**
 * Sends; any status comes back. Throws TB_TARGET_UNREACHABLE, TB_TARGET_REDIRECT, TB_TARGET_ANSWER,
 * or the signal's reason.
 */
export async function exchange(options: ExchangeOptions, request: Request): Promise<Response> {
  const ended = new AbortController()
  const late = new AbortController()
  const signal = AbortSignal.any([
    ended.signal,
    ...(request.signal === null ? [] : [request.signal]),
  ])
  options.clock.sleep(options.timeoutMs, late.signal).then(
    () =>
      ended.abort(
        new TenantbenchError('TB_TARGET_UNREACHABLE', {
          detail: `${request.label}: no answer in ${options.timeoutMs} ms.`,
        }),
      ),
    () => undefined,
  )
  try {
    return await follow(options, { ...request, signal })
  } catch (error) {
    throw signal.aborted ? signal.reason : named(error, request, options)
  } finally {
    late.abort()
  }
}

async function follow(options: ExchangeOptions, request: Request): Promise<Response> {
  let url = new URL(
    `${options.baseUrl.origin}${options.baseUrl.pathname.replace(/\/$/, '')}${request.path}`,
  )
  for (let redirects = 0; ; redirects++) {
    if (url.origin !== options.baseUrl.origin)
      throw refusedRedirect(
        request,
        'to another scheme, host or port; only what the scenario names is asked',
      )
    // Under load this is most of what a generator does: undici itself takes half the time of the
    // fetch that is built on it.
    const response = await send(url, {
      method: request.method as Dispatcher.HttpMethod,
      headers: { accept: '*/*', ...request.headers },
      signal: request.signal,
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    })
    const {
      statusCode: status,
      headers: { location },
    } = response
    const next = status >= 300 && status < 400 && typeof location === 'string' ? location : null
    if (next === null)
      return { status, text: await bodyOf(response.body, options.maxResponseBytes, request) }
    await response.body.dump()
    if (redirects >= mostRedirects)
      throw refusedRedirect(request, `more than ${mostRedirects} times`)
    const keepsMethod = status === 307 || status === 308 || request.method === 'GET'
    if (!keepsMethod)
      throw refusedRedirect(
        request,
        `with status ${status}, which would make the ${request.method} a GET; 307 and 308 keep it`,
      )
    if (!URL.canParse(next, url.href))
      throw refusedRedirect(request, 'to something that is no address')
    url = new URL(next, url.href)
  }
}

function refusedRedirect(request: Request, where: string): TenantbenchError {
  return new TenantbenchError('TB_TARGET_REDIRECT', {
    detail: `${request.label} was redirected ${where}.`,
  })
}

async function bodyOf(
  body: Dispatcher.ResponseData['body'],
  mostBytes: number,
  request: Request,
): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    const piece = chunk as Uint8Array
    bytes += piece.byteLength
    if (bytes > mostBytes)
      throw new TenantbenchError('TB_TARGET_ANSWER', {
        detail: `${request.label}: the response is longer than ${mostBytes} bytes.`,
      })
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/**
 * What the network says names addresses, which may come from the environment: its code is enough.
 */
function named(error: unknown, request: Request, { mask }: ExchangeOptions): unknown {
  if (error instanceof TenantbenchError) return error
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error
  const code =
    typeof cause === 'object' && cause !== null && 'code' in cause
      ? String(cause.code)
      : mask.text(printable(messageOf(cause)))
  return new TenantbenchError('TB_TARGET_UNREACHABLE', { detail: `${request.label}: ${code}.` })
}

/**
 * An error with what the service says for itself: on one line, masked, cut. The whole of it,
 * masked, is the error's cause, where marks are looked for; causes are not shown.
 */
export function toldError(
  code: 'TB_TARGET_FAILED' | 'TB_TARGET_ANSWER',
  what: string,
  told: { readonly text: string; readonly mask: Mask },
): TenantbenchError {
  const { text, mask } = told
  return new TenantbenchError(code, {
    detail: `${what}: ${ownWords(text, mask)}`,
    cause: new TenantbenchError(code, { detail: mask.text(text) }),
  })
}

function ownWords(text: string, mask: Mask): string {
  // Before and after: what is made printable may be another text, and may have been two.
  const words = mask.text(printable(mask.text(text))).trim()
  return words === '' ? 'nothing' : clip(words, wordsShown)
}
