/**
 * The least that a service over HTTP can do, in a process of its own: what a load generator is
 * measured on. Loopback only, behind a random path.
 */
import { createServer } from 'node:http'
import { newSecret } from '../../../src/base/random.ts'

const path = `/${newSecret()}`
const body = '{"answer":"ok"}'
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(request.url === path ? 200 : 404, {
    'content-type': 'application/json',
    'content-length': body.length,
  })
  response.end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}${path}`,
  })
})
process.on('disconnect', () => process.exit(0))
