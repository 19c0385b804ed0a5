/**
 * Kinds of test, each a folder: unit and house need nothing, the others real services. `npm test`
 * runs them all.
 */
import { defineConfig } from 'vitest/config'

const project = (name: string, services: boolean): object => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    globalSetup: services ? ['test/support/start-services.ts'] : [],
    testTimeout: name === 'e2e' ? 120_000 : services ? 60_000 : 20_000,
    hookTimeout: 60_000,
  },
})

/* oxlint-disable-next-line import/no-default-export -- vitest reads the default export of its configuration. */
export default defineConfig({
  test: {
    projects: [
      project('unit', false),
      project('house', false),
      project('golden', false),
      project('contract', true),
      project('integration', true),
      project('e2e', false),
      project('browser', false),
    ],
    maxWorkers: 2,
    sequence: { hooks: 'stack' },
  },
})
