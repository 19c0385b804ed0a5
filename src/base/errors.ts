/**
 * The one registry of errors. An error is a code, a sentence that says what is wrong, a way out,
 * and an exit code; `docs/errors.md` is generated from this table and tested equal to it. Nothing
 * else in the project throws a plain Error.
 */

/** Exit codes of the command line, by meaning (DESIGN section 4). */
export const exitCodes = {
  pass: 0,
  failed: 1,
  usage: 2,
  inconclusive: 3,
  leak: 4,
  unavailable: 5,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const

/** One of the exit codes that the command line may end with. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

interface ErrorEntry {
  readonly exitCode: ExitCode
  readonly means: string
  readonly wayOut: string
}

const entry = (exitCode: ExitCode, means: string, wayOut: string): ErrorEntry => ({
  exitCode,
  means,
  wayOut,
})
const { usage, inconclusive, unavailable, bug, interrupted, terminated } = exitCodes

/** Every error the project raises, by code. */
export const errorRegistry = {
  TB_USAGE: entry(
    usage,
    'The command line has an unknown command, flag or value.',
    'Run the command with --help; it lists what this version knows.',
  ),
  TB_NODE_VERSION: entry(
    unavailable,
    'This Node.js is older than tenantbench needs.',
    'Use Node.js 22.18 or newer; in a checkout `npm ci` brings one along, and `npm start` or ' +
      '`npx tenantbench` uses it.',
  ),
  TB_SCENARIO_UNREADABLE: entry(
    usage,
    'The scenario file cannot be read.',
    'Check the path and that the file is UTF-8 text; the scenarios that come along are in scenarios/.',
  ),
  TB_SCENARIO_INVALID: entry(
    usage,
    'The scenario has faults.',
    'Correct each line named; docs/scenario.md describes every key.',
  ),
  TB_CORPUS_UNREADABLE: entry(
    usage,
    'A tenant corpus cannot be read or has nothing to read.',
    'Point corpus.path at a folder with .md, .txt or .jsonl files.',
  ),
  TB_QUESTIONS_INVALID: entry(
    usage,
    'questions.jsonl has faults.',
    'Give each line id, question, answers, source, answerable and kind; docs/scenario.md shows one.',
  ),
  TB_TABLE_INVALID: entry(
    usage,
    'A table of yours has faults.',
    'Correct each line named; docs/scenario.md has the columns of every table.',
  ),
  TB_OUT_NOT_OURS: entry(
    usage,
    'The output folder exists and is not an empty folder.',
    'Give --out a path that does not exist yet, or an empty folder.',
  ),
  TB_RESUME_INVALID: entry(
    usage,
    'There is no interrupted run to resume there.',
    'Give --resume the folder of a run that was interrupted, with the same scenario, seed, trials and settings.',
  ),
  TB_OUT_UNWRITABLE: entry(
    unavailable,
    'The output folder cannot be written.',
    'Give --out a folder you may write, with free space.',
  ),
  TB_LOAD_TIMEOUT: entry(
    inconclusive,
    'No answer came for as long as the load waits for one.',
    'Raise load.timeoutMs, or lower the rate; `load.search` finds the highest rate that meets the objectives.',
  ),
  TB_LOAD_DROPPED: entry(
    inconclusive,
    'An arrival was never sent: too many others were in flight for too long.',
    'Raise load.maxInFlight, or lower the rate; it counts as a failed request.',
  ),
  TB_SIMULATION_BUSY: entry(
    usage,
    'The service is too busy for this grain: above 70 % queues reach from one hour into the next.',
    'Take --grain event, which simulates every queue, or raise simulation.limits.',
  ),
  TB_SIMULATION_NONE: entry(
    usage,
    'There is nothing to simulate.',
    'Give the scenario a `simulation`, or a `load`; docs/simulate.md describes both.',
  ),
  TB_RECORD_INVALID: entry(
    usage,
    'The run record is not one that this version reads.',
    'Point at a folder with a run.json of the same recordVersion.',
  ),
  TB_CALIBRATION_EMPTY: entry(
    inconclusive,
    'There are too few recorded queries to fit service models to.',
    'Record loads at timeScale 1, long enough for 300 queries of each model; docs/calibrate.md says which.',
  ),
  TB_CALIBRATION_INVALID: entry(
    usage,
    'The file is no calibration that this version reads.',
    'Give a file that `tenantbench calibrate --out` wrote.',
  ),
  TB_MONEY_INVALID: entry(
    usage,
    'An amount of money is not a plain decimal number.',
    'Write it as digits with an optional point, at most 12 places, e.g. 0.000002.',
  ),
  TB_TENANT_INVALID: entry(
    usage,
    'A tenant id is empty or not well formed.',
    'Use 1 to 63 letters, digits, dots, dashes or underscores, beginning with a letter or digit.',
  ),
  TB_TENANT_UNKNOWN: entry(
    usage,
    'The tenant is not known here.',
    'Create the tenant first, or refresh the directory of tenants.',
  ),
  TB_TENANT_EXISTS: entry(
    usage,
    'The tenant exists already, or did once.',
    'Choose another tenant id; the id of a removed tenant is not given again.',
  ),
  TB_SESSION_CLOSED: entry(
    bug,
    'A tenant session was used after its work had ended.',
    'Do all tenant work inside the function that is given to withTenant.',
  ),
  TB_TRANSACTION_ABORTED: entry(
    bug,
    'The work swallowed a database error, so its transaction could only be rolled back.',
    'Let database errors leave the function that is given to withTenant.',
  ),
  TB_PLACEMENT_REFUSED: entry(
    unavailable,
    'No index has room for another namespace and none could be provisioned.',
    'Raise the index quota of the vector database, or retire tenants.',
  ),
  TB_CONFIG_INVALID: entry(
    usage,
    'A tenant configuration is not valid.',
    'See docs/scenario.md for the range of each field.',
  ),
  TB_CONFIG_MISSING: entry(
    usage,
    'The tenant has no configuration.',
    'Insert a row for the tenant into tenant_configs.',
  ),
  TB_TEMPLATE_INVALID: entry(
    usage,
    'A prompt template is not valid.',
    'Use {{passages}} and {{question}} once each, and only slots that the template declares; ' +
      'docs/scenario.md shows one.',
  ),
  TB_PROMPT_TOO_LONG: entry(
    usage,
    'The prompt is longer than the window of the model.',
    'Lower top_k, shorten the chunks, or choose a model with a larger window.',
  ),
  TB_INPUT_TOO_LONG: entry(
    usage,
    'A text is longer than the embedding model accepts.',
    'Cut the text into smaller chunks.',
  ),
  TB_PRICE_MISSING: entry(
    inconclusive,
    'Usage was recorded for which the price book has no price.',
    'Add a dated price to the price book; nothing is ever taken to be free.',
  ),
  TB_SABOTAGE_FAILED: entry(
    usage,
    'A fault that the scenario plants could not be planted.',
    'Correct `sabotage` in the scenario; its SQL runs as the owner of the tables.',
  ),
  TB_PRICE_BOOK_UNKNOWN: entry(
    usage,
    'There is no price book of that name.',
    'Use one of the names listed.',
  ),
  TB_PRICE_BOOK_INVALID: entry(
    usage,
    'A price book has faults.',
    'Correct each line named; docs/prices.md describes every key.',
  ),
  TB_PLANS_INVALID: entry(
    usage,
    'The plans have faults.',
    'Correct each line named; docs/price.md describes every kind of plan.',
  ),
  TB_BILL_INVALID: entry(
    usage,
    'A bill cannot be read.',
    'Correct each line named, or export the bill again; docs/reconcile.md has the forms that are read.',
  ),
  TB_PROVIDER_REFUSED: entry(
    usage,
    'A provider refused the request.',
    "Read the provider's message; the request is at fault, so repeating it does not help.",
  ),
  TB_PROVIDER_UNAVAILABLE: entry(
    unavailable,
    'A provider did not answer, also after retries.',
    'Check that the service is reachable and within its rate limits.',
  ),
  TB_STREAM_ABORTED: entry(
    unavailable,
    'A model broke off its answer, also after retries.',
    'Ask again; what was generated is billed by the provider.',
  ),
  TB_SERVICE_START: entry(
    unavailable,
    'An embedded service could not be started.',
    'Read the message of the service; TENANTBENCH_DATABASE_URL or --database-url uses a PostgreSQL of your own.',
  ),
  TB_SERVICE_LOST: entry(
    unavailable,
    'The process of the embedded services ended during the run.',
    'Run again; what was measured is not used. If it happens twice, report it.',
  ),
  TB_DATABASE_UNREACHABLE: entry(
    unavailable,
    'The PostgreSQL server cannot be reached.',
    'Check the host, port, user and password of --database-url.',
  ),
  TB_DATABASE_RIGHTS: entry(
    unavailable,
    'The database user lacks rights that a run needs.',
    'Grant what is named, e.g. ALTER ROLE name CREATEDB CREATEROLE, or leave --database-url out.',
  ),
  TB_DATABASE_LOCKED: entry(
    inconclusive,
    'Tables of the database are locked by other sessions, so that its structure cannot be read.',
    'Wait until the migration that holds the locks has ended, then audit again.',
  ),
  TB_PROBE_REFUSED: entry(
    unavailable,
    'The database cannot be probed in this way without a risk to what is outside of it.',
    'Use --probe clone, or change what is named.',
  ),
  TB_DATABASE_VERSION: entry(
    unavailable,
    'The PostgreSQL server is older than version 15.',
    'Use PostgreSQL 15 or newer, or leave --database-url out.',
  ),
  TB_ROLE_UNKNOWN: entry(
    usage,
    'A role that was named is not a role of the server.',
    'Name a role that exists, or give --role the address with which it logs in.',
  ),
  TB_ALLOW_INVALID: entry(
    usage,
    'The list of accepted findings has faults.',
    'Give each entry key, reason and expires (a day, YYYY-MM-DD); the keys stand in the audit.',
  ),
  TB_BASELINE_INVALID: entry(
    usage,
    'The baseline is not an audit that this version reads.',
    'Point --baseline at what `tenantbench audit --format json` printed.',
  ),
  TB_TARGET_MODULE: entry(
    usage,
    'The module that the scenario names as its target cannot be used.',
    'Export `target` with provision, ingest and query from it; docs/targets.md shows one.',
  ),
  TB_TARGET_UNREACHABLE: entry(
    unavailable,
    'The target did not answer.',
    'Check that the service runs where target.http.baseUrl says, and that timeoutMs is long enough.',
  ),
  TB_TARGET_FAILED: entry(
    unavailable,
    'The target refused a request or failed at it.',
    'Read what the target said; docs/targets.md says what is sent for what.',
  ),
  TB_TARGET_ANSWER: entry(
    unavailable,
    'The target answered with something that is not what the scenario describes.',
    'Compare the response with the places under target.http; docs/targets.md describes them.',
  ),
  TB_TARGET_REDIRECT: entry(
    unavailable,
    'The target redirected a request to where it must not go.',
    'Name the final address as target.http.baseUrl; only the host that is named there is asked.',
  ),
  TB_INTERRUPTED: entry(
    interrupted,
    'The run was interrupted.',
    'Start it again; nothing of the run was left behind.',
  ),
  TB_TERMINATED: entry(
    terminated,
    'The run was told to stop, or its parent process ended.',
    'Start it again; nothing of the run was left behind.',
  ),
  TB_BUG: entry(
    bug,
    'Something happened that should not be possible.',
    'Report it with the message, the scenario and the seed.',
  ),
} as const satisfies Record<string, ErrorEntry>

/** The code of a registered error. */
export type ErrorCode = keyof typeof errorRegistry

/** One fault of an input: where, and what is wrong there. */
export interface Fault {
  /** Path inside the input, e.g. `tenants[2].current.model`. */
  readonly path: string
  /** Line in the file, from 1, or null where there is none. */
  readonly line: number | null
  readonly message: string
}

/** What an error may carry beside its code. */
export interface ErrorDetails {
  /** What is wrong this time, in a sentence; follows the registry's general sentence. */
  readonly detail?: string
  readonly faults?: readonly Fault[]
  readonly cause?: unknown
}

/**
 * The one class of error that the project throws. `message` is complete; `wayOut` is the next step.
 */
export class TenantbenchError extends Error {
  readonly code: ErrorCode
  /** What is wrong this time, without the registry's general sentence. */
  readonly detail: string | null
  readonly faults: readonly Fault[]

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const means = errorRegistry[code].means
    super(
      details.detail === undefined ? means : `${means} ${details.detail}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.name = 'TenantbenchError'
    this.code = code
    this.detail = details.detail ?? null
    this.faults = details.faults ?? []
  }

  /** The exit code that the command line ends with when this error reaches it. */
  get exitCode(): ExitCode {
    return errorRegistry[this.code].exitCode
  }

  /** What to do next. */
  get wayOut(): string {
    return errorRegistry[this.code].wayOut
  }
}

/** Marks a case that the types rule out; reaching it is a bug of ours. */
export function unreachable(value: never): never {
  throw new TenantbenchError('TB_BUG', { detail: `Unhandled case ${JSON.stringify(value)}.` })
}

/** The message of anything thrown, never an empty string. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(messageOf).join('; ')
  if (error instanceof Error) return error.message === '' ? error.name : error.message
  return String(error)
}
