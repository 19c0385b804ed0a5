/**
 * Command lines: unknown words, values of another type, places that --set does not find, folders
 * that are not ours.
 */
import { smallScenario } from '../../support/run-small.ts'
import { flagRow, out, type BadInput } from './row.ts'

const usage = (title: string, args: readonly string[], says: readonly string[]): BadInput => ({
  title,
  args,
  code: 'TB_USAGE',
  exitCode: 2,
  says,
})
const changed = (title: string, setting: string, says: readonly string[]): BadInput =>
  flagRow(title, ['--set', setting], { code: 'TB_USAGE', says })
const invalid = (title: string, flags: readonly string[], says: readonly string[]): BadInput =>
  flagRow(title, flags, { code: 'TB_SCENARIO_INVALID', says })

const words: readonly BadInput[] = [
  usage('an unknown command', ['frobnicate'], ['frobnicate']),
  usage(
    'an unknown flag',
    ['run', smallScenario, ...out, '--colour', 'red'],
    ['Unknown argument: colour'],
  ),
  usage('run without a scenario', ['run', ...out], ['Not enough non-option arguments']),
  usage(
    'a limit on spending in words',
    ['run', smallScenario, ...out, '--max-spend', 'much'],
    ['--max-spend "much": write dollars'],
  ),
  usage(
    'live services without a limit',
    ['run', smallScenario, ...out, '--services', 'live'],
    ['OPENAI_API_KEY is not set'],
  ),
]

const numbers: readonly BadInput[] = [
  invalid(
    'a seed in words',
    ['--seed', 'seven'],
    ['seed: Invalid input: expected number, received NaN'],
  ),
  invalid('a seed below zero', ['--seed', '-1'], ['seed: Too small: expected number to be >=0']),
  invalid('no trials', ['--trials', '0'], ['trials: Too small: expected number to be >=1']),
]

const settings: readonly BadInput[] = [
  changed('--set without =', 'seed', ['--set "seed" is not path=value']),
  changed('--set below a value', 'name.first=x', ['there is no place name.first in the scenario']),
  invalid('--set of __proto__', ['--set', '__proto__.x=1'], ['__proto__: unknown key']),
  invalid(
    '--set of __proto__ in a tenant',
    ['--set', 'tenants[0].__proto__=1'],
    ['tenants[0].__proto__: unknown key'],
  ),
]

const folders: readonly BadInput[] = [
  {
    ...flagRow('--out on a folder with files', ['--out', '{here}/taken'], {
      code: 'TB_OUT_NOT_OURS',
      says: ['{here}/taken'],
    }),
    files: { 'taken/mine.txt': 'mine' },
  },
  {
    ...flagRow('--out on a file', ['--out', '{here}/taken'], {
      code: 'TB_OUT_UNWRITABLE',
      exitCode: 5,
      says: ['{here}/taken'],
    }),
    files: { taken: 'mine' },
  },
  {
    ...flagRow('--out below a file', ['--out', '{here}/taken/run'], {
      code: 'TB_OUT_UNWRITABLE',
      exitCode: 5,
      says: ['{here}/taken'],
    }),
    files: { taken: 'mine' },
  },
  {
    ...flagRow('--out where another run is', ['--out', '{here}/taken'], {
      code: 'TB_OUT_NOT_OURS',
      says: ['{here}/taken: another run is writing there'],
    }),
    files: { 'taken/.tenantbench-running': '' },
  },
  flagRow('--out where nobody may write', ['--out', '/sys/tenantbench-run'], {
    code: 'TB_OUT_UNWRITABLE',
    exitCode: 5,
    says: ['/sys/tenantbench-run'],
  }),
]

const address = (title: string, url: string): BadInput =>
  flagRow(title, ['--database-url', url], {
    code: 'TB_USAGE',
    says: ['not of the form postgres://user:password@host:port/database'],
  })

const databases: readonly BadInput[] = [
  address('a database address that is none', 'not an address'),
  address('an empty database address', ''),
  address('a database address of another kind', 'mysql://someone:hush@127.0.0.1/db'),
  flagRow(
    'a database where nobody listens',
    ['--database-url', 'postgres://someone:hush-hush@127.0.0.1:1/db'],
    { code: 'TB_DATABASE_UNREACHABLE', exitCode: 5, says: ['ECONNREFUSED'] },
  ),
]

/** Command lines. */
export const flags: readonly BadInput[] = [
  ...words,
  ...numbers,
  ...settings,
  ...folders,
  ...databases,
]
