/** An engineering office's manuals. */
import { code, type Theme } from './theme.ts'

/** The theme. */
export const engineering: Theme = {
  name: 'engineering',
  title: (subject) => `Manual of the ${subject}`,
  subject: (faker) =>
    `${faker.person.lastName()} ` +
    `${faker.helpers.arrayElement(['turbine', 'compressor', 'gearbox', 'conveyor', 'boiler', 'crane'])} ` +
    `${faker.string.alpha({ length: 1, casing: 'upper' })}${faker.number.int({ min: 100, max: 999 })}`,
  attributes: [
    {
      key: 'torque',
      value: (random) => `${random.integer(11, 2_400)} newton metres`,
      statement: (subject, value) =>
        `The flange bolts of the ${subject} are tightened to ${value} in three passes.`,
      literal: (subject) => `To what are the flange bolts of the ${subject} tightened?`,
      paraphrase: (subject) => `Which torque does a fitter apply when closing the ${subject}?`,
    },
    {
      key: 'service',
      value: (random) => `${random.integer(210, 9_900)} operating hours`,
      statement: (subject, value) =>
        `The ${subject} is serviced every ${value} by two technicians.`,
      literal: (subject) => `How often is the ${subject} serviced?`,
      paraphrase: (subject) => `After what running time is maintenance of the ${subject} due?`,
    },
    {
      key: 'drawing',
      value: (random) => code(random, 'DWG'),
      statement: (subject, value) => `The assembly of the ${subject} is shown on sheet ${value}.`,
      literal: (subject) => `On which sheet is the assembly of the ${subject} shown?`,
      paraphrase: (subject) =>
        `Where can I find the plan that explains how the ${subject} fits together?`,
    },
    {
      key: 'oil',
      value: (random) => `${random.integer(3, 480)} litres`,
      statement: (subject, value) => `The sump of the ${subject} holds ${value} of mineral oil.`,
      literal: (subject) => `How much mineral oil does the sump of the ${subject} hold?`,
      paraphrase: (subject) => `What quantity of lubricant do I order to fill the ${subject}?`,
    },
  ],
  filler: (faker) =>
    faker.helpers.arrayElement([
      () => `Lock out the ${faker.hacker.noun()} and tag it before any cover is removed.`,
      () => `Vibration was recorded at the ${faker.location.city()} site and found within limits.`,
      () => `Gaskets from ${faker.company.name()} are inspected for cracks and replaced in pairs.`,
      () => `Ear protection is worn in the hall at all times.`,
      () => `${faker.person.fullName()} keeps the log and countersigns each entry.`,
      () => `Surfaces are degreased and dried before paint is applied.`,
    ])(),
}
