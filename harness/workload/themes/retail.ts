/** A retailer's suppliers. */
import { code, dollars, futureDay, type Theme } from './theme.ts'

/** The theme. */
export const retail: Theme = {
  name: 'retail',
  title: (subject) => `Supplier sheet: ${subject}`,
  subject: (faker) => `${faker.person.lastName()} ${faker.commerce.department()} Supply`,
  attributes: [
    {
      key: 'minimum',
      value: (random) => dollars(random, 400, 99_000),
      statement: (subject, value) => `The smallest order that ${subject} accepts is ${value} net.`,
      literal: (subject) => `What is the smallest order that ${subject} accepts?`,
      paraphrase: (subject) => `Below which purchase amount will ${subject} turn us away?`,
    },
    {
      key: 'contact',
      value: (_random, faker) => faker.person.fullName(),
      statement: (subject, value) =>
        `Complaints to ${subject} go to ${value} in the first instance.`,
      literal: (subject) => `To whom do complaints to ${subject} go?`,
      paraphrase: (subject) => `Who at ${subject} should hear about damaged goods?`,
    },
    {
      key: 'account',
      value: (random) => code(random, 'SUP'),
      statement: (subject, value) => `In the ledger ${subject} is booked under account ${value}.`,
      literal: (subject) => `Under which account is ${subject} booked?`,
      paraphrase: (subject) => `What vendor number does our bookkeeping have for ${subject}?`,
    },
    {
      key: 'renewal',
      value: futureDay,
      statement: (subject, value) => `The framework contract with ${subject} runs out on ${value}.`,
      literal: (subject) => `When does the framework contract with ${subject} run out?`,
      paraphrase: (subject) => `By what date must we renegotiate with ${subject}?`,
    },
  ],
  filler: (faker) =>
    faker.helpers.arrayElement([
      () =>
        `Pallets of ${faker.commerce.productName().toLowerCase()} are counted on arrival and photographed.`,
      () =>
        `The depot in ${faker.location.city()} opens at six and takes no deliveries on Sundays.`,
      () => `Samples are returned to ${faker.person.fullName()} at the end of the season.`,
      () => `Colours may differ from the catalogue within the usual tolerance.`,
      () => `Cartons carry the mark of ${faker.company.name()} on two sides.`,
      () => `Drivers sign in at the gate and wear shoes with toe caps.`,
    ])(),
}
