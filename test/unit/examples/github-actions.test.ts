/**
 * The example workflow: it asks for little, nothing untrusted reaches a shell, and every flag that
 * it uses exists.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import yargs from 'yargs'
import { compareCommand } from '../../../harness/cli/commands/compare.ts'
import { runCommand } from '../../../harness/cli/commands/run.ts'
import type { Command } from '../../../harness/cli/command.ts'
import { exitCodes } from '../../../src/base/errors.ts'

interface Step {
  readonly name?: string
  readonly uses?: string
  readonly run?: string
}

interface Workflow {
  readonly permissions: object
  readonly on: { readonly workflow_call: { readonly inputs: object } }
  readonly jobs: Readonly<
    Record<string, { readonly permissions: object; readonly steps: readonly Step[] }>
  >
}

const folder = fileURLToPath(new URL('../../../examples/github-actions/', import.meta.url))
const workflow = parse(readFileSync(`${folder}tenantbench.yml`, 'utf8')) as Workflow
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)
const scripts = steps.flatMap(({ run }) => run ?? [])
const called = scripts.flatMap((script) =>
  [...script.matchAll(/npx tenantbench (\w+)(.*)/g)].map(([, name = '', rest = '']) => ({
    name,
    flags: [...rest.matchAll(/--([a-z-]+)/g)].map(([, flag = '']) => flag),
  })),
)
const commands: Readonly<Record<string, Command>> = { run: runCommand, compare: compareCommand }

describe('the workflow', () => {
  it('may read, and write comments, and nothing else', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    expect(Object.values(workflow.jobs).map(({ permissions }) => permissions)).toEqual([
      { contents: 'read', 'pull-requests': 'write' },
    ])
  })

  it('uses the actions of GitHub, by major version', () => {
    for (const { uses } of steps)
      expect(uses ?? 'actions/none@v1').toMatch(/^actions\/[a-z/-]+@v\d+$/)
  })

  it('puts no expression into a command', () =>
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]))
  it('lets a caller say what inconclusive is', () =>
    expect(Object.keys(workflow.on.workflow_call.inputs)).toEqual(['inconclusive']))

  it('calls commands with flags that exist', async () => {
    expect(called.map(({ name }) => name)).toEqual(['run', 'compare', 'compare'])
    for (const { name, flags } of called) {
      const help = await commands[name]?.build(yargs([])).getHelp()
      expect(flags.length).toBeGreaterThan(0)
      for (const flag of flags) expect(help).toMatch(new RegExp(`--${flag}\\b`))
    }
  })

  it('knows every exit code, and so does its page', () => {
    const verdict = steps.find(({ name }) => name === 'Verdict')?.run ?? ''
    const page = readFileSync(`${folder}README.md`, 'utf8')
    for (const code of Object.values(exitCodes)) {
      expect(verdict).toMatch(new RegExp(`\\b${code}\\b`))
      expect(page).toMatch(new RegExp(`^\\|[^|]*\\b${code}\\b`, 'm'))
    }
  })
})
