/** A law firm's matters. */
import { code, dollars, futureDay, type Theme } from './theme.ts'

/** The theme. */
export const law: Theme = {
  name: 'law',
  title: (subject) => `Engagement letter, ${subject}`,
  subject: (faker) => faker.company.name(),
  attributes: [
    {
      key: 'retainer',
      value: (random) => dollars(random, 10_000, 990_000),
      statement: (subject, value) =>
        `The retainer for ${subject} is fixed at ${value} and is held in the client account.`,
      literal: (subject) => `What is the retainer for ${subject}?`,
      paraphrase: (subject) => `How much money must ${subject} deposit with us before work begins?`,
    },
    {
      key: 'court',
      value: (_random, faker) => `${faker.location.city()} District Court`,
      statement: (subject, value) =>
        `Disputes concerning ${subject} are to be brought before the ${value}.`,
      literal: (subject) => `Before which court are disputes concerning ${subject} to be brought?`,
      paraphrase: (subject) => `Where would litigation over ${subject} be heard?`,
    },
    {
      key: 'file',
      value: (random) => code(random, 'LM'),
      statement: (subject, value) => `The matter of ${subject} is kept under file number ${value}.`,
      literal: (subject) => `Under which file number is the matter of ${subject} kept?`,
      paraphrase: (subject) => `What identifier do our records use for ${subject}?`,
    },
    {
      key: 'limitation',
      value: futureDay,
      statement: (subject, value) => `Claims of ${subject} become time-barred on ${value}.`,
      literal: (subject) => `When do claims of ${subject} become time-barred?`,
      paraphrase: (subject) => `What is the last day on which ${subject} could still sue?`,
    },
  ],
  filler: (faker) =>
    faker.helpers.arrayElement([
      () =>
        `Counsel reviewed the draft with ${faker.person.fullName()} and noted no objection to the recitals.`,
      () =>
        `Correspondence with the registry in ${faker.location.city()} was filed and answered in the ordinary course.`,
      () =>
        `The parties keep confidential what they learn from one another, and return papers on request.`,
      () => `Nothing in this letter creates a partnership between the firm and any other person.`,
      () =>
        `Notices are given in writing and take effect when they reach ${faker.location.streetAddress()}.`,
      () =>
        `Amendments are valid only when ${faker.person.lastName()} and a second partner have signed them.`,
    ])(),
}
