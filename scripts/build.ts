/**
 * `npm run build`: what is published. JavaScript and types by tsc, and the data files that the code
 * reads beside itself.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, rmSync } from 'node:fs'
import { extname, join } from 'node:path'

rmSync('dist', { recursive: true, force: true })
const status = spawnSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
}).status
for (const folder of ['src', 'harness', 'reports']) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && extname(entry.name) !== '.ts',
  )
  for (const entry of entries)
    cpSync(join(entry.parentPath, entry.name), join('dist', entry.parentPath, entry.name))
}
process.exitCode = status ?? 1
