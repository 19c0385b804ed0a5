/** Progress for people, on stderr: a bar on a terminal, plain lines otherwise. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import { formatUsdRounded, type PicoUsd } from '../../src/base/money.ts'
import { printable } from '../../src/base/text.ts'
import type { LoadedScenario } from '../scenario/parse.ts'
import { stageWords, type ProgressListener, type Stage } from '../run/progress.ts'

/** A listener that shows; `stop` takes the bar off the screen. */
export interface ShownProgress extends ProgressListener {
  stop(): void
}

/** The stages of a run on our own modules, and of one on another system. */
const stages = Object.keys(stageWords) as readonly Stage[]
const ofReference: readonly Stage[] = stages.filter((stage) => stage !== 'target')
const ofOthers: readonly Stage[] = stages.filter(
  (stage) => stage !== 'services' && stage !== 'schema',
)

const dollars = (spent: PicoUsd | null): string =>
  spent === null ? '' : `$${formatUsdRounded(spent, 2)}, `

/** Shows progress of a scenario's run on a stream; animated only on a terminal. */
export function showProgress(
  stream: NodeJS.WriteStream,
  { target }: { readonly target?: LoadedScenario['target'] },
): ShownProgress {
  const print = (line: string): void => void stream.write(`${line}\n`)
  const those = target === undefined ? ofReference : ofOthers
  const numbered = (stage: Stage): string =>
    `[${those.indexOf(stage) + 1}/${those.length}] ${stageWords[stage]}`
  return stream.isTTY ? animated(stream, numbered) : plain(print, numbered)
}

function capacityLine(indexName: string, event: string, namespaces: number): string {
  return `capacity: ${event} of ${printable(indexName)}${event === 'alert' ? ` at ${namespaces} namespaces` : ''}`
}

const linesPerRun = 10

function plain(print: (line: string) => void, numbered: (stage: Stage) => string): ShownProgress {
  let asked = 0
  return {
    stage: (stage) => print(numbered(stage)),
    tenant: (tenantId) => print(`      tenant ${tenantId} is fed`),
    note: (text) => print(`      note: ${printable(text)}`),
    capacity: ({ event, indexName, namespaces }) =>
      event !== 'index-ready' && print(capacityLine(indexName, event, namespaces)),
    query({ planned, leaks, spent }) {
      asked++
      if (asked % Math.max(1, Math.ceil(planned / linesPerRun)) === 0 || asked === planned)
        print(`      ${asked} of ${planned} queries, ${dollars(spent)}${leaks} leaks`)
    },
    stop: () => undefined,
  }
}

const asking = ' {bar} {value}/{total}  {eta_formatted} left  {spent}{leaks} leaks'

function animated(stream: NodeJS.WriteStream, numbered: (stage: Stage) => string): ShownProgress {
  const bars = new MultiBar(
    { stream, clearOnComplete: true, hideCursor: true, linewrap: false },
    Presets.shades_classic,
  )
  let isAsking = false
  let bar: SingleBar | null = null
  const log = (line: string): void => void bars.log(`${line}\n`)
  return {
    stage(stage) {
      isAsking = stage === 'queries'
      bar?.stop()
      if (bar !== null) bars.remove(bar)
      const format = `${numbered(stage)}${isAsking ? asking : ' ...'}`
      bar = bars.create(1, 0, { leaks: 0, spent: '' }, { format })
    },
    tenant: (tenantId) => log(`tenant ${tenantId} is fed`),
    note: (text) => log(`note: ${printable(text)}`),
    capacity: ({ event, indexName, namespaces }) =>
      event !== 'index-ready' && log(capacityLine(indexName, event, namespaces)),
    query({ planned, leaks, spent }) {
      if (bar === null || !isAsking) return
      if (bar.getTotal() !== planned) bar.setTotal(planned)
      bar.increment(1, { leaks, spent: dollars(spent) })
    },
    stop: () => bars.stop(),
  }
}
