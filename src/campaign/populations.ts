/** Which edge populations a campaign is about, and how its file says so. */
import { basename } from 'node:path'
import type { NamedPair } from '../facing-circuits.ts'
import type { JsonObject } from '../formats/json.ts'
import type { Wording } from '../sonata/choose-population.ts'
import type { Campaign } from './types.ts'

/** As `verify` takes it. */
export const namedPair = (campaign: Campaign): NamedPair => ({
  population: campaign.population,
  manipulatedPopulation: campaign.manipulatedPopulation,
  wording: asKeys(campaign),
})

/** Part of what decides a proof: a key that is not there changes no step that was made before there was one. */
export const pairParameters = ({ population, manipulatedPopulation }: Campaign): JsonObject => ({
  population: population ?? null,
  ...(manipulatedPopulation === undefined ? {} : { manipulated_population: manipulatedPopulation }),
})

/** The keys that name a pair, and the line where they belong. */
export const asKeys =
  ({ file, populationLine }: Pick<Campaign, 'file' | 'populationLine'>): Wording =>
  ({ original, manipulated }) => {
    const keys = [
      `population: ${yamlText(original)}`,
      ...(manipulated === undefined ? [] : [`manipulated_population: ${yamlText(manipulated)}`]),
    ]
    return `${keys.join(' and ')} (line ${populationLine} of ${basename(file)})`
  }

/** A plain scalar that is text and nothing else, else in quotes. */
const yamlText = (name: string): string =>
  /^[A-Za-z][\w.-]*$/.test(name) && !/^(true|false|null)$/i.test(name) ? name : JSON.stringify(name)
