import { expect, it } from 'vitest'
import { isPointer, textsIn, valueAt } from '../../../../harness/target/http/pointer.ts'

// The document and the values of RFC 6901, section 5.
const document = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
}

it.each([
  ['', document],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
])('%j is found', (pointer, value) => {
  expect(isPointer(pointer)).toBe(true)
  expect(valueAt(document, pointer)).toEqual(value)
})

it.each([
  '/foo/2',
  '/foo/01',
  '/foo/-',
  '/foo/length',
  '/nothing',
  '/foo/0/x',
  '/__proto__',
  '/constructor',
  '/toString',
])('%j is nothing', (pointer) => {
  expect(valueAt(document, pointer)).toBeUndefined()
})

it.each(['foo', '#/foo', '/~', '/~2', 'a.b'])('%j is no pointer', (text) =>
  expect(isPointer(text)).toBe(false),
)

it('texts are all that a value holds, numbers and keys too', () => {
  expect(textsIn({ id: 'd1', parts: ['x', 2, null, true, { y: 'z' }] })).toEqual([
    'id',
    'd1',
    'parts',
    'x',
    '2',
    'y',
    'z',
  ])
  expect(textsIn(undefined)).toEqual([])
})
