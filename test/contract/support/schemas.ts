/**
 * Checks answers against the vendors' own API documents; the excerpts needed lie in ../schemas,
 * each with its source.
 */
import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'

/** A vendor's API document. */
export type ApiDocument = 'openai' | 'pinecone-control' | 'pinecone-data' | 'pinecone-inference'

// Not strict: the documents use keywords of OpenAPI that mean nothing to a JSON schema.
const ajv = new Ajv({ strict: false, allErrors: true })
const loaded = new Map<ApiDocument, true>()
const compiled = new Map<string, ValidateFunction>()

function validatorOf(document: ApiDocument, name: string): ValidateFunction {
  if (!loaded.has(document)) {
    const text = readFileSync(new URL(`../schemas/${document}.json`, import.meta.url), 'utf8')
    ajv.addSchema({ $id: document, ...(JSON.parse(text) as object) })
    loaded.set(document, true)
  }
  const reference = `${document}#/$defs/${name}`
  const validator = compiled.get(reference) ?? ajv.compile({ $ref: reference })
  compiled.set(reference, validator)
  return validator
}

/** What is wrong with an answer by a schema of a document: empty when nothing is. */
export function faultsBy(document: ApiDocument, name: string, answer: unknown): readonly string[] {
  const validate = validatorOf(document, name)
  if (validate(answer) === true) return []
  return (validate.errors ?? []).map(({ instancePath, message }) =>
    `${instancePath} ${message ?? ''}`.trim(),
  )
}
