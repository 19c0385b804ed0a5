/**
 * What `target` in a scenario may say: our own modules, a module of the user's, or a service over
 * HTTP (docs/targets.md).
 */
import { z } from 'zod'
import { boundaries } from '../../src/base/boundaries.ts'

const pointer = z
  .string()
  .regex(
    /^(\/([^~]|~[01])*)?$/,
    'a JSON Pointer such as /result/answer, or "" for the whole response',
  )
const path = z
  .string()
  .regex(/^\/(?!\/)[^\s\\#]*$/, 'begins with one slash, and has no blank, backslash or #')
  .refine((text) => !/(^|\/)\.{1,2}(?=\/|\?|$)/.test(text), 'no segments of dots')
// What is set by the connection itself is not the scenario's to say.
const headerName = z
  .string()
  .regex(
    /^(?!(?:host|content-length|transfer-encoding|connection|upgrade|expect|te|trailer|keep-alive|proxy-[a-z-]+)$)[a-z0-9!#$%&'*+.^_`|~-]+$/i,
    'a header that a client may set',
  )
const headers = z.record(
  headerName,
  z.string().regex(/^[\x20-\x7e]*$/, 'printable ASCII on one line'),
)
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

const request = {
  method: z.enum(methods),
  path,
  headers: headers.optional(),
  body: z.json().optional(),
} as const
const hasNoBodyToGet = ({
  method,
  body,
}: {
  readonly method: string
  readonly body?: unknown
}): boolean => method !== 'GET' || body === undefined
const noBody = { path: ['body'], message: 'a GET has no body' }

const answerPlaces = z.strictObject({
  answer: pointer,
  sources: pointer.optional(),
  usage: z.strictObject({ promptTokens: pointer, completionTokens: pointer }).optional(),
  seen: z.partialRecord(z.enum(boundaries), pointer).optional(),
})

const http = z.strictObject({
  baseUrl: z.string().min(1),
  name: z.string().min(1).max(100).optional(),
  timeoutMs: z.int().min(1).max(600_000).default(30_000),
  maxResponseBytes: z.int().min(1).max(100_000_000).default(1_000_000),
  headers: headers.default({}),
  provision: z.strictObject(request).refine(hasNoBodyToGet, noBody).optional(),
  ingest: z.strictObject(request).refine(hasNoBodyToGet, noBody),
  query: z.strictObject({ ...request, response: answerPlaces }).refine(hasNoBodyToGet, noBody),
  deprovision: z.strictObject(request).refine(hasNoBodyToGet, noBody).optional(),
})

const foreign = z
  .strictObject({
    module: z.string().min(1).optional(),
    timeoutMs: z.int().min(1).max(600_000).optional(),
    http: http.optional(),
  })
  .refine(
    ({ module, http: service }) => (module === undefined) !== (service === undefined),
    'name one of them: reference, a module, or http',
  )
  .refine(({ timeoutMs, http: service }) => timeoutMs === undefined || service === undefined, {
    path: ['timeoutMs'],
    message: 'belongs under http',
  })

/** `reference` becomes nothing: what is left is a system that is not ours. */
export const targetSchema = z.preprocess(
  (value) => (value === 'reference' ? undefined : value),
  foreign.optional(),
)

/** A service over HTTP as written. */
export type WrittenHttp = z.infer<typeof http>
