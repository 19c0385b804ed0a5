#!/usr/bin/env node
// Plain JavaScript that Node.js 20 can parse, so that an old Node.js is told what is missing
// instead of a syntax error.
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const source = new URL('../harness/cli/main.ts', import.meta.url)
// A checkout runs its sources, which Node.js 24 takes as they are; what is published is compiled
// for 22.18.
const isCheckout = existsSync(source)
if (major < 22 || (major === 22 && minor < 18) || (isCheckout && major < 24)) {
  process.stderr.write(
    `tenantbench: This Node.js is older than tenantbench needs. It is ${process.versions.node}.\n` +
      'Use Node.js 22.18 or newer; in a checkout `npm ci` brings one along, and `npm start` or ' +
      '`npx tenantbench` uses it. (TB_NODE_VERSION)\n',
  )
  process.exitCode = 5
} else {
  // A checkout's second start need not strip and compile its sources again: a fifth of a second
  // less.
  if (isCheckout)
    module.enableCompileCache(
      fileURLToPath(new URL('../node_modules/.cache/tenantbench', import.meta.url)),
    )
  const compiled = new URL('../dist/harness/cli/main.js', import.meta.url)
  const { main } = await import(isCheckout ? source.href : compiled.href)
  process.exitCode = await main(process.argv.slice(2), process.env)
  // After an interruption requests may still be waiting to be repeated; nobody waits for them.
  if (process.exitCode >= 130) process.exit()
}
