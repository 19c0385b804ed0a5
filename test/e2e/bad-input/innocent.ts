/**
 * Input that looks bad and is not: marks and line ends of other systems, and texts that something
 * else would act on.
 */
import { smallScenario } from '../../support/run-small.ts'
import { small } from './row.ts'

interface Innocent {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  readonly args: readonly string[]
}

const question =
  '{"id": "q1", "question": "What is the fee?", "answers": ["$740"], "source": "a.md", ' +
  '"answerable": true, "kind": "literal"}'
const dry = ['run', '{here}/s.yaml', '--dry-run'] as const

/** What a dry run takes. */
export const innocent: readonly Innocent[] = [
  {
    title: 'a scenario with a byte order mark',
    files: { 's.yaml': `\ufeff${small()}` },
    args: dry,
  },
  {
    title: 'a scenario with the line ends of Windows',
    files: { 's.yaml': small().replaceAll('\n', '\r\n') },
    args: dry,
  },
  {
    title: 'questions with a byte order mark and the line ends of Windows',
    files: {
      'corpus/a.md': '\ufeff# Fees\r\n\r\nThe fee is $740.\r\n',
      'corpus/questions.jsonl': `\ufeff${question}\r\n`,
    },
    args: [
      'run',
      smallScenario,
      '--dry-run',
      '--set',
      'tenants[0].corpus={ kind: folder, path: "{here}/corpus" }',
    ],
  },
]

/** Names of tenants that a terminal, a reader of Markdown, a CI or a spreadsheet would act on. */
export const hostileNames = [
  '\u001b[31m=HYPERLINK("x")\u001b[0m',
  '::error::broken | **bold** <img src=x>',
  '##[error]+1-2 @someone',
] as const

const [one, two, three] = hostileNames.map((name) => JSON.stringify(name))

/** A scenario with those names, and a document of 20,000 characters without a blank. */
export const hostileFiles: Readonly<Record<string, string>> = {
  's.yaml': small(
    [
      'corpus: { kind: generated, theme: law, documents: 8, words: [60, 120] }',
      'corpus: { kind: folder, path: corpus }',
    ],
    ['name: Alpha, tier: pro', `name: ${one ?? ''}, tier: "::warning::\\e[2J"`],
    ['name: Beta', `name: ${two ?? ''}`],
    ['name: Gamma', `name: ${three ?? ''}`],
  ),
  'corpus/a.md': '# ::error::\u001b[31m Fees\n\nThe fee is $740.\n',
  'corpus/long.txt': '\u6f22\u5b57\u8a9e\u6587'.repeat(5_000),
  'corpus/questions.jsonl': `${question}\n`,
}
