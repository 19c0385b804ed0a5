/** A clinic's procedures. */
import { code, type Theme } from './theme.ts'

/** The theme. */
export const clinic: Theme = {
  name: 'clinic',
  title: (subject) => `Procedure: ${subject}`,
  subject: (faker) =>
    `${faker.person.lastName()} ` +
    `${faker.helpers.arrayElement(['protocol', 'regimen', 'pathway', 'screening', 'assessment'])}`,
  attributes: [
    {
      key: 'dose',
      value: (random) => `${random.integer(3, 950)} milligrams`,
      statement: (subject, value) =>
        `Under the ${subject} the starting dose is ${value} in the morning.`,
      literal: (subject) => `What is the starting dose under the ${subject}?`,
      paraphrase: (subject) =>
        `How much medication does a patient on the ${subject} first receive?`,
    },
    {
      key: 'room',
      value: (random) => code(random, 'RM'),
      statement: (subject, value) => `Equipment for the ${subject} is stored in cabinet ${value}.`,
      literal: (subject) => `In which cabinet is equipment for the ${subject} stored?`,
      paraphrase: (subject) => `Where do nurses fetch the instruments needed by the ${subject}?`,
    },
    {
      key: 'lead',
      value: (_random, faker) => `Dr ${faker.person.fullName()}`,
      statement: (subject, value) => `Exceptions to the ${subject} are approved by ${value} alone.`,
      literal: (subject) => `By whom are exceptions to the ${subject} approved?`,
      paraphrase: (subject) => `Which physician may allow someone to deviate from the ${subject}?`,
    },
    {
      key: 'fasting',
      value: (random) => `${random.integer(61, 900)} minutes`,
      statement: (subject, value) => `Before the ${subject} nothing is eaten for ${value}.`,
      literal: (subject) => `For how long is nothing eaten before the ${subject}?`,
      paraphrase: (subject) => `What fasting period does the ${subject} demand?`,
    },
  ],
  filler: (faker) =>
    faker.helpers.arrayElement([
      () =>
        `The form is signed twice and kept with the chart on ward ${faker.number.int({ min: 1, max: 9 })}.`,
      () => `Visitors from ${faker.location.city()} are asked to wait in the hall.`,
      () => `Staff wash their hands before and after each contact, as everywhere in the house.`,
      () => `Questions of relatives are passed on to ${faker.person.firstName()} at the desk.`,
      () => `The checklist is renewed every quarter by the committee.`,
      () => `Room temperature is noted on the sheet beside the door.`,
    ])(),
}
