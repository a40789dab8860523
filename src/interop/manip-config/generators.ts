/** Functions of numpy.random that `rng` may name: legacy generators that take `size` and give one number per edge. */
import { nearestName } from '../../errors.ts'
import { numberOf, type PythonJson } from '../../formats/python-json.ts'
import { describeValue, type Findings } from './diagnostics.ts'
import type { NewValue } from './new-value.ts'

type Random = Extract<NewValue, { readonly rng: string }>

interface Generator {
  /** Arguments in NumPy's order; `required` ones first. */
  readonly names: readonly string[]
  readonly required: number
  /** Must not be negative. */
  readonly sizes?: readonly string[]
}

const of = (names: string, required: number, sizes = ''): Generator => ({
  names: names.split(' ').filter(name => name !== ''),
  required,
  sizes: sizes.split(' '),
})

/** Source: the signatures of NumPy 2.3. */
const GENERATORS: Readonly<Record<string, Generator>> = {
  beta: of('a b', 2, 'a b'),
  binomial: of('n p', 2, 'n p'),
  chisquare: of('df', 1, 'df'),
  choice: of('a replace p', 1),
  exponential: of('scale', 0, 'scale'),
  f: of('dfnum dfden', 2, 'dfnum dfden'),
  gamma: of('shape scale', 1, 'shape scale'),
  geometric: of('p', 1, 'p'),
  gumbel: of('loc scale', 0, 'scale'),
  hypergeometric: of('ngood nbad nsample', 3, 'ngood nbad nsample'),
  laplace: of('loc scale', 0, 'scale'),
  logistic: of('loc scale', 0, 'scale'),
  lognormal: of('mean sigma', 0, 'sigma'),
  logseries: of('p', 1, 'p'),
  negative_binomial: of('n p', 2, 'n p'),
  noncentral_chisquare: of('df nonc', 2, 'df nonc'),
  noncentral_f: of('dfnum dfden nonc', 3, 'dfnum dfden nonc'),
  normal: of('loc scale', 0, 'scale'),
  pareto: of('a', 1, 'a'),
  poisson: of('lam', 0, 'lam'),
  power: of('a', 1, 'a'),
  randint: of('low high dtype', 1),
  random: of('', 0),
  random_integers: of('low high', 1),
  random_sample: of('', 0),
  ranf: of('', 0),
  rayleigh: of('scale', 0, 'scale'),
  sample: of('', 0),
  standard_cauchy: of('', 0),
  standard_exponential: of('', 0),
  standard_gamma: of('shape', 1, 'shape'),
  standard_normal: of('', 0),
  standard_t: of('df', 1, 'df'),
  triangular: of('left mode right', 3),
  uniform: of('low high', 0),
  vonmises: of('mu kappa', 2, 'kappa'),
  wald: of('mean scale', 2, 'mean scale'),
  weibull: of('a', 1, 'a'),
  zipf: of('a', 1, 'a'),
}

export function checkGenerator({ rng, kwargs }: Random, path: string, findings: Findings): void {
  const generator = Object.hasOwn(GENERATORS, rng) ? GENERATORS[rng] : undefined
  if (generator === undefined) {
    const nearest = nearestName(rng, Object.keys(GENERATORS))
    findings.error(
      'key.value',
      `${path}.rng`,
      `numpy.random has no "${rng}" that draws one number for each edge: the package stops`,
      nearest === undefined ? 'Take normal, uniform, gamma or the like.' : `Did you mean "${nearest}"?`,
    )
    return
  }
  const { names, required, sizes = [] } = generator
  const stops = (name: string, message: string, hint?: string): void =>
    findings.error('key.value', `${path}.kwargs${name}`, `${message}: the package stops`, hint)
  const takes = names.length === 0 ? `${rng} takes none.` : `${rng} takes ${names.join(', ')}.`
  for (const name of Object.keys(kwargs))
    if (name === 'size') stops('.size', 'the number of values is given by the package')
    else if (!names.includes(name)) stops(`.${name}`, `${rng} has no argument "${name}"`, takes)
  const missing = names.slice(0, required).filter(name => !Object.hasOwn(kwargs, name))
  if (missing.length > 0) stops('', `${rng} needs ${missing.join(', ')}`, takes)
  for (const name of names) checkArgument(rng, name, kwargs[name], sizes.includes(name), stops)
}

function checkArgument(
  rng: string,
  name: string,
  value: PythonJson | undefined,
  isSize: boolean,
  stops: (name: string, message: string, hint?: string) => void,
): void {
  if (value === undefined || ['choice', 'randint'].includes(rng)) return
  const number = numberOf(value)
  if (number === undefined) stops(`.${name}`, `expected a number, found ${describeValue(value)}`)
  else if (isSize && number < 0) stops(`.${name}`, `${name} ${number} of ${rng} is below 0`)
}
