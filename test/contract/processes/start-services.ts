/**
 * Starts the services as a run does, says where they are, and stays until it is killed. Its
 * argument is the options as JSON.
 */
import type { ServiceOptions } from '../../../harness/services/protocol.ts'
import { startServices } from '../../../harness/services/services.ts'
import { systemClock } from '../../../src/base/clock.ts'

const services = await startServices(
  JSON.parse(process.argv[2] ?? '') as ServiceOptions,
  systemClock,
)
process.stdout.write(`${JSON.stringify(services.addresses)}\n`)
