/** A folder for one test, removed afterwards. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The folder. */
export interface TestFolder extends AsyncDisposable {
  readonly path: string
  /** Writes a file and gives its path. */
  write(name: string, content: string | Uint8Array): Promise<string>
}

/** Makes one. */
export async function testFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'tenantbench-unit-'))
  return {
    path,
    async write(name, content) {
      await writeFile(join(path, name), content)
      return join(path, name)
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true }),
  }
}
