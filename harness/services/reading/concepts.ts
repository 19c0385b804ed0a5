/**
 * What a reader knows beside words: that two words mean nearly the same here, and what kind of
 * thing a question asks for. Small and plain on purpose. It stands in for the comprehension of a
 * language model; how often a model gets it right is the profile's assumption, not this file's.
 */
import { stemmer } from 'stemmer'
import { stemsOf } from './stems.ts'

const sameMeaning = [
  'retainer deposit money upfront advance prepayment',
  'court litigation heard dispute lawsuit tribunal',
  'file identifier record reference',
  'sue claim barred limitation lapse',
  'reset restart froze reboot',
  'hold held keep pressed',
  'button key switch',
  'fault error screen display',
  'connection offline disconnected network',
  'battery cells accumulator',
  'cost costs pay price charge fee',
  'firmware software release version',
  'wireless air',
  'update upgrade',
  'smallest below minimum least',
  'order purchase buy',
  'complaint damaged complain defect hear',
  'account vendor bookkeeping booked ledger',
  'contract agreement renegotiate framework',
  'dose medication drug receive',
  'cabinet stored fetch store cupboard',
  'equipment instruments tools',
  'exception deviate approve approved allow permit',
  'eaten fasting eat food',
  'tightened torque tighten bolts fitter',
  'serviced maintenance service inspected',
  'sheet plan drawing diagram',
  'assembly together fits assembled',
  'oil lubricant sump fill',
  'notice cancel cancelled cancelling terminate termination',
  'annual yearly year',
  'remove removal delete deletion take down',
  'respond response reply answer answered',
  'appeal contest object reinstate',
  'law enforcement police government',
  'share disclose disclosure reveal',
  'copyright infringement dmca infringing',
  'minor child age young',
  'company organization business corporate',
] as const

let groups: ReadonlyMap<string, string> | undefined

function groupOf(): ReadonlyMap<string, string> {
  groups ??= new Map(
    sameMeaning.flatMap((line, at) =>
      line.split(' ').map((word) => [stemmer(word), `=${at}`] as const),
    ),
  )
  return groups
}

/** The stems of a text, those of one meaning replaced by one mark. */
export function conceptsOf(text: string): readonly string[] {
  const known = groupOf()
  return stemsOf(text).map((stem) => known.get(stem) ?? stem)
}

const money = /[$€£]\s?\d|\b\d+(\.\d+)? (dollars|euros|cents)\b/i
const month =
  /\b(January|February|March|April|May|June|July|August|September|October|November|December)\b/
const duration =
  /\b\d+(\.\d+)?\s+(?:\w+\s)?(seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b|\b(one|two|three|four|five|six|seven|ten|fourteen|thirty|sixty|ninety) (?:\(\d+\) )?(?:\w+ )?(hours?|days?|weeks?|months?|years?)\b/i
const person = /\b(Dr|Mr|Ms|Mrs)\b|\b[A-Z][a-z]+ [A-Z][a-z]+\b/

const expectations: readonly { readonly asks: RegExp; readonly gives: RegExp }[] = [
  {
    asks: /\bhow much (money|would|do i pay|does .* cost)|\bwhat does .* (cost|charge)|\bhow high\b|\bprice\b|\bpurchase amount\b/i,
    gives: money,
  },
  { asks: /^\W*when\b|\bwhich day\b|\bwhat date\b|\bby what date\b|\blast day\b/i, gives: month },
  {
    asks: /\bhow long\b|\bfor what time\b|\bhow (many|soon|often)\b|\bperiod\b|\brunning time\b|\bwithin what\b/i,
    gives: duration,
  },
  { asks: /^\W*(who|whom|to whom|by whom|which physician)\b/i, gives: person },
]

/**
 * Whether a sentence holds the kind of thing a question asks for; null when the question does not
 * say.
 */
export function givesWhatIsAsked(question: string, sentence: string): boolean | null {
  const expected = expectations.find(({ asks }) => asks.test(question))
  return expected === undefined ? null : expected.gives.test(sentence)
}

/** Names in a question: capitalised words after its first one, and words with digits. */
export function namesIn(question: string): readonly string[] {
  const words = question.match(/[\p{L}\p{N}][\p{L}\p{N}'-]*/gu) ?? []
  return words
    .slice(1)
    .filter((word) => /^\p{Lu}/u.test(word) || /\d/.test(word))
    .flatMap((word) => stemsOf(word))
}
