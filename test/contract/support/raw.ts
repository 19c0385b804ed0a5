/** Plain HTTP to a local vendor, for what the SDKs do not show. */
import type { VendorEndpoint } from '../../../harness/services/vendors/server.ts'

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; null when it is none. */
  readonly json: unknown
}

/** What to send. A string goes out as it is, anything else as JSON; no body makes a GET. */
export interface RawRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** Sends a request. No key is added. */
export async function rawRequest(
  endpoint: VendorEndpoint,
  path: string,
  request: RawRequest = {},
): Promise<RawAnswer> {
  const { body, headers = {} } = request
  const method = request.method ?? (body === undefined ? 'GET' : 'POST')
  const sent =
    body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const answer = await fetch(`${endpoint.baseUrl}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...sent,
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, json: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

/** The `data:` lines of a stream of server-sent events. */
export function dataLines(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice('data: '.length))
}

/** A header of 200 KiB. */
export const largeHeader = { 'x-padding': 'x'.repeat(200 * 1_024) }
