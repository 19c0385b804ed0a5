/** From a kind of arrivals to its process, by a stream of its own. */
import { randomFor } from '../../../../src/base/random.ts'
import type { WrittenLoad } from '../../../scenario/load-schema.ts'
import { constantArrivals } from './constant.ts'
import { diurnalArrivals } from './diurnal.ts'
import { gammaArrivals } from './gamma.ts'
import { poissonArrivals } from './poisson.ts'
import type { Span } from './process.ts'
import { rampArrivals } from './ramp.ts'
import { traceArrivals } from './trace.ts'

/**
 * When requests arrive, but for cold tenants and the aggressor's. `recordedMs` are the moments of
 * the trace, where there is one.
 */
export function arrivalsOf(
  { arrivals, durationSeconds }: WrittenLoad,
  seed: number,
  recordedMs: Float64Array,
): Float64Array {
  const span: Span = {
    durationMs: durationSeconds * 1000,
    random: randomFor([seed, 'load', 'arrivals']),
  }
  switch (arrivals.kind) {
    case 'constant':
      return constantArrivals(arrivals, span)
    case 'poisson':
      return poissonArrivals(arrivals, span)
    case 'gamma':
      return gammaArrivals(arrivals, span)
    case 'ramp':
      return rampArrivals(arrivals, span)
    case 'diurnal':
      return diurnalArrivals(arrivals, span)
    case 'trace':
      return traceArrivals(arrivals, { durationMs: span.durationMs, recordedMs })
  }
}
