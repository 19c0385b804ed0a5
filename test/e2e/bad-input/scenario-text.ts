/**
 * Scenario files that are not text, not YAML, more YAML than meets the eye, or not there; and files
 * that extend others.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { out, scenarioRow, small, type BadInput } from './row.ts'

const latin1 = Buffer.from(small(['Alpha', 'Caf\u00e9']), 'latin1')
const bomb =
  'a0: &a0 [x, x, x, x, x, x, x, x, x, ' +
  `x]\n${Array.from(
    { length: 8 },
    (_each, at) =>
      `a${at + 1}: &a${at + 1} ` + `[${Array.from({ length: 10 }, () => `*a${at}`).join(', ')}]\n`,
  ).join('')}`

const unreadable = (
  title: string,
  row: Pick<BadInput, 'files' | 'arrange'>,
  says: readonly string[],
): BadInput => ({
  title,
  args: ['run', '{here}/s.yaml', ...out],
  code: 'TB_SCENARIO_UNREADABLE',
  exitCode: 2,
  says,
  ...row,
})

const files: readonly BadInput[] = [
  unreadable('a scenario that is not there', {}, ['{here}/s.yaml: ENOENT']),
  unreadable(
    'a folder for a scenario',
    { arrange: (folder) => mkdirSync(join(folder, 's.yaml')) },
    ['{here}/s.yaml: EISDIR'],
  ),
  unreadable('a scenario that is not UTF-8', { files: { 's.yaml': latin1 } }, [
    '{here}/s.yaml: The encoded data was not valid',
  ]),
]

const yaml: readonly BadInput[] = [
  scenarioRow('YAML with a bracket left open', small(['words: [60, 120] }', 'words: [60, 120 }']), [
    'line 20: ',
  ]),
  scenarioRow('YAML indented with tabs', small(['  embedding:', '\tembedding:']), [
    'line 12: Tabs are not allowed as indentation',
  ]),
  scenarioRow('a key twice', small(['trials: 1', 'seed: 12']), ['line 5: Map keys must be unique']),
  scenarioRow('two documents in a file', `${small()}---\nname: another\n`, ['line 23: ']),
  scenarioRow('aliases that multiply without end', small() + bomb, ['Excessive alias count']),
  scenarioRow('__proto__ at the top', `${small()}__proto__: { polluted: true }\n`, [
    'line 23: __proto__: unknown key',
  ]),
  scenarioRow('__proto__ where any name is allowed', small(['postgres: "30"', '__proto__: "30"']), [
    'line 10: sharedMonthlyUsd.__proto__: unknown key',
  ]),
]

const extending: readonly BadInput[] = [
  {
    ...scenarioRow('a scenario that extends none', 'extends: base.yaml\nname: derived\n', [
      '{here}/base.yaml: ENOENT',
    ]),
    code: 'TB_SCENARIO_UNREADABLE',
  },
  {
    ...scenarioRow(
      'a scenario that extends one that extends',
      'extends: base.yaml\nname: derived\n',
      ['extends: base.yaml extends another itself'],
    ),
    files: {
      's.yaml': 'name: derived\nextends: base.yaml\n',
      'base.yaml': 'extends: other.yaml\n',
    },
  },
]

/** Texts. */
export const scenarioTexts: readonly BadInput[] = [...files, ...yaml, ...extending]
