/** A support desk's articles. */
import { code, dollars, type Theme } from './theme.ts'

/** The theme. */
export const support: Theme = {
  name: 'support',
  title: (subject) => `Help article: ${subject}`,
  subject: (faker) =>
    `${faker.commerce.productAdjective()} ${faker.commerce.product()} ` +
    `${faker.string.alpha({ length: 2, casing: 'upper' })}${faker.number.int({ min: 10, max: 99 })}`,
  attributes: [
    {
      key: 'reset',
      value: (random) => `${random.integer(4, 590)} seconds`,
      statement: (subject, value) =>
        `To reset the ${subject}, hold the side button for ${value} until the light turns green.`,
      literal: (subject) => `How long must the side button be held to reset the ${subject}?`,
      paraphrase: (subject) =>
        `My ${subject} froze; for what time do I keep the key pressed to restart it?`,
    },
    {
      key: 'error',
      value: (random) => code(random, 'E'),
      statement: (subject, value) =>
        `When the ${subject} loses its connection it shows fault ${value} on the display.`,
      literal: (subject) => `Which fault does the ${subject} show when it loses its connection?`,
      paraphrase: (subject) => `What appears on screen if my ${subject} goes offline?`,
    },
    {
      key: 'replacement',
      value: (random) => dollars(random, 11, 980),
      statement: (subject, value) =>
        `A replacement battery for the ${subject} costs ${value} including shipping.`,
      literal: (subject) => `What does a replacement battery for the ${subject} cost?`,
      paraphrase: (subject) => `How much would I pay for new cells for the ${subject}?`,
    },
    {
      key: 'firmware',
      value: (random) =>
        `${random.integer(2, 19)}.${random.integer(0, 99)}.${random.integer(0, 9)}`,
      statement: (subject, value) =>
        `The ${subject} needs firmware ${value} or later for wireless updates.`,
      literal: (subject) => `Which firmware does the ${subject} need for wireless updates?`,
      paraphrase: (subject) =>
        `From what software release on can the ${subject} upgrade over the air?`,
    },
  ],
  filler: (faker) =>
    faker.helpers.arrayElement([
      () => `Close the application, wait a moment and open it again before you contact the desk.`,
      () =>
        `Most customers solve this with the ${faker.hacker.adjective()} guide on the community page.`,
      () =>
        `If the ${faker.commerce.productMaterial().toLowerCase()} cover is loose, tighten it by hand and try again.`,
      () => `Our team in ${faker.location.city()} answers within one working day.`,
      () => `Keep the receipt from ${faker.company.name()}, since the desk will ask for it.`,
      () => `Never open the housing while it is plugged in.`,
    ])(),
}
