/** Campaign files and what they name, in a folder of their own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'connproof-campaign-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let made = 0

/** A new folder with `circuit/circuit_config.json` and `pairs.csv`, and a campaign file in it. */
export function campaignFile(text: string, name = 'campaign.yaml'): string {
  const home = join(folder, String(made++))
  mkdirSync(join(home, 'circuit'), { recursive: true })
  writeFileSync(join(home, 'circuit', 'circuit_config.json'), '{}')
  writeFileSync(join(home, 'pairs.csv'), '1,2\n2,3\n')
  writeFileSync(join(home, name), text)
  return join(home, name)
}
