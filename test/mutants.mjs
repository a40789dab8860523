/**
 * One-line faults in kernels and checks, each of which must make a test fail: `npm run mutants`, or
 * `npm run mutants -- TEXT` for those whose description or file has the text.
 * Works on a copy of the tree, so that an interrupted run leaves nothing behind in yours.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What judges circuits around their edges, and configurations. */
const CIRCUITS = [
  'test/sonata/facing.test.ts',
  'test/facing/matrix.test.ts',
  'test/full',
  'test/contract',
  'test/links.test.ts',
  'test/changed.test.ts',
  'test/verification/synapses',
]

/**
 * [what is wrong, file, the line's part as it is, as the fault has it, tests where others than {@link TESTS} must fail];
 * the part must occur exactly once.
 */
const MUTANTS = [
  [
    'sentinel 0: unknown GIDs map to the first cell',
    'assembly/id-map.ts',
    'load<u32>(table + ((<usize>id) << 2)) : NONE',
    'load<u32>(table + ((<usize>id) << 2)) : 0',
  ],
  [
    'table of ranks cleared to 0',
    'assembly/id-map.ts',
    'memory.fill(table, 0xff,',
    'memory.fill(table, 0x00,',
  ],
  [
    'first unknown id not reported',
    'assembly/id-map.ts',
    'if (index == NONE && firstUnknown == NONE) firstUnknown = k',
    '',
  ],
  ['high word of 64-bit ids unchecked while narrowing', 'assembly/narrow.ts', 'v128.any_true(high) ||', ''],
  ['negative small ids accepted', 'assembly/narrow.ts', 'value < 0 ||', ''],
  [
    'high word of the manipulated unchecked in equal runs',
    'assembly/merge.ts',
    'v128.or(v128.or(s, t), high)',
    'v128.or(s, t)',
  ],
  [
    'order of targets unchecked in the fast lanes',
    'assembly/scan.ts',
    'broken = v128.or(broken, v128.lt<u32>(t, beforeT))',
    '',
  ],
  ['order of the manipulated unchecked', 'assembly/merge.ts', 'if (mKey < lastKey) {', 'if (false) {'],
  ['range of the manipulated unchecked', 'assembly/merge.ts', '<u32>s >= sourceNodes || ', ''],
  [
    'first connection of a window counted twice',
    'assembly/count.ts',
    'store<u32>(state, 1, S_HAS_COUNTED)',
    '',
  ],
  ['selection of sources ignored', 'assembly/classify.ts', 'load<u8>(sourceMember + <u32>key) & ', ''],
  [
    'mask overlap ignored: an asked connection inside an equal run',
    'assembly/merge.ts',
    'equal = rowsBelow(oSource, oTarget, o, equal, asked)',
    '',
  ],
  [
    'asked but absent not reported',
    'assembly/classify.ts',
    'takeAsked(state) == ASK_REMOVE ? ASKED_ABSENT',
    'takeAsked(state) == ASK_REMOVE ? REMOVED_AS_ASKED',
  ],
  [
    'additions taken for removals',
    'assembly/classify.ts',
    'if (takeAsked(state) == ASK_REMOVE) closeAskedRemoval',
    'if (takeAsked(state) != 0) closeAskedRemoval',
  ],
  [
    'edges of the last connection of a run counted from one row',
    'assembly/merge.ts',
    'k <= length && keyAt',
    'k <= 1 && keyAt',
  ],
  [
    'multiplicity of a connection ignored',
    'assembly/classify.ts',
    'else put(state, MULTIPLICITY_CHANGED, key, original, manipulated)',
    '',
  ],
  [
    'rows of a connection at the end of a window left unpaired',
    'assembly/pairs.ts',
    'if (rest > 0) pairRun',
    'if (false) pairRun',
  ],
  [
    'a connection that lost edges taken for paired',
    'assembly/pairs.ts',
    'if (manipulated != 0) store<u32>(state, 1, M_UNPAIRED)',
    '',
  ],
  [
    'every row taken for kept',
    'assembly/kept.ts',
    'v128.store(kept, i8x16.narrow_i16x8_u(low, high))',
    'v128.store(kept, i8x16.splat(1))',
  ],
  [
    'only the first row of a run marked as kept',
    'assembly/kept.ts',
    'next = row + load<u32>(runs, 8)',
    'next = row + 1',
  ],
  [
    'bits of the first four rows joined to the next four as well',
    'assembly/kept.ts',
    'i32x4.eq(v128.and(eight, high), high)',
    'i32x4.eq(v128.and(eight, low), low)',
  ],
  [
    'asked connections passed over where all rows are kept',
    'assembly/kept.ts',
    'if (end == row || keyAt(sources, targets, end - 1) < asked) return end',
    'return end',
  ],
  [
    'rows before the one that is gone taken for a whole connection',
    'assembly/kept.ts',
    'while (end > row && keyAt(sources, targets, end - 1) == key) end--',
    '',
  ],
  [
    'a connection across the end of a window closed twice',
    'assembly/kept.ts',
    'store<u32>(state, open ? 1 : 0, M_OPEN)',
    'store<u32>(state, 0, M_OPEN)',
  ],
  [
    'targets that lost edges not looked at where rows follow each other',
    'src/regrouped.ts',
    '{ ...common, suspects: comparison.changedTargets }',
    'common',
  ],
  [
    'pairs that skip rows of the manipulated followed',
    'src/verification/synapses/follow.ts',
    'paired[k + 1] !== other || ',
    '',
  ],
  [
    'pairs that end before the manipulated followed',
    'src/verification/synapses/follow.ts',
    ' && other === manipulated.edgeCount',
    '',
  ],
  [
    'one changed value in a window of pairs overlooked',
    'src/verification/synapses/follow.ts',
    'if (different > 0)',
    'if (different > 1)',
  ],
  [
    'last column of COO to CSC skipped',
    'assembly/coo-to-csc.ts',
    'for (let c: u32 = 0; c < columnCount; c++) {\n    const end',
    'for (let c: u32 = 0; c < columnCount - 1; c++) {\n    const end',
  ],
  [
    'repeats not collapsed',
    'assembly/coo-to-csc.ts',
    'while (same < end && at(indices, same) == row) same++',
    '',
  ],
  [
    'radix sort stops one byte early',
    'assembly/coo-to-csc.ts',
    'shift < 32 && largest >> shift != 0',
    'shift < 24 && largest >> shift != 0',
  ],
  ['autapses counted as reciprocal', 'assembly/reciprocal.ts', 'if (u >= v) break', 'if (u > v) break'],
  [
    'window end off by one',
    'src/verification/windows.ts',
    'const length = Math.min(this.#rows, this.#stretch.end - first)',
    'const length = Math.min(this.#rows, this.#stretch.end - first - 1)',
  ],
  [
    'a column cut at the window end',
    'src/verification/columns.ts',
    'done ? this.#end : lowerBound(targets, last, this.#begin, this.#end)',
    'this.#end',
  ],
  [
    'tally of a long column not drained to its end',
    'src/verification/columns.ts',
    'if (length < capacity) this.#long = undefined',
    'this.#long = undefined',
  ],
  [
    'range of the original unchecked',
    'src/verification/order.ts',
    "if (largestSource >= edges.sourceCount) throw idOutOfRange(edges, 'source', largestSource)",
    '',
  ],
  ['a full spill buffer overrun', 'src/verification/dealt-keys.ts', 'full(bucket)', ''],
  [
    'keys of a bucket that are not from its first target on',
    'assembly/partition.ts',
    '(<u64>firstTarget) << (<u64>sourceBits), bits, histograms)\n    : sort<u32>(keys, scratch, count, firstTarget << sourceBits',
    '(<u64>firstTarget) << (<u64>sourceBits), bits, histograms)\n    : sort<u32>(keys, scratch, count, 0',
  ],
  [
    'keys sorted by their low digits only',
    'assembly/partition.ts',
    'for (let pass: u32 = 0; pass < passes; pass++) {',
    'for (let pass: u32 = 0; pass < 1; pass++) {',
  ],
  [
    'last keys of a bucket not written to the temporary file',
    'src/verification/bucket-rows.ts',
    'keys.finish()',
    '',
  ],
  [
    'a bucket of several targets larger than what is sorted at once',
    'src/verification/buckets.ts',
    'inBucket + count > mostRows ||',
    '',
  ],
  [
    'outside connections not judged',
    'src/verification/checks.ts',
    "run: facts => ofClass(facts, 'outside.connections', 'outside.changed', 'outside_changed'),",
    'run: () => [],',
  ],
  [
    'count checked with what was found, not with what was asked',
    'src/verification/checks.ts',
    'const expected = original - asked.removed + asked.added',
    'const expected = original - comparison.classes.removed_as_asked + asked.added',
  ],
  ['every finding tolerated', 'src/verification/checks.ts', 'allow.has(finding.code) ||', 'true ||'],
  [
    'a failed check forgotten in the verdict',
    'src/prove.ts',
    "check.status === 'failed'",
    "check.status === 'not_checked'",
  ],
  ['mask of another shape accepted', 'src/selection/mask.ts', 'mask.rows !== source.ids.length || ', ''],
  [
    'list order of a selection ignored',
    'src/selection/mask.ts',
    'beside?.ids ?? selection.listOrder',
    'beside?.ids',
  ],
  [
    'indices beyond the dictionary of a Parquet page unchecked',
    'assembly/parquet.ts',
    'min(index, last)',
    'index',
  ],
  [
    'a null in a repeated run of a Parquet page unseen',
    'assembly/parquet.ts',
    'if (run > 0 && (load<u8>(at) & 1) == 0) return done',
    '',
  ],
  [
    'id 2^32-1 of a Parquet dictionary accepted',
    'assembly/parquet.ts',
    'const fits = value < <u64>NONE',
    'const fits = value < 1 << 32',
  ],
  ['snappy copies from before the page', 'assembly/snappy.ts', ' || offset > <u32>(out - into)', ''],
  ['snappy pages of another size accepted', 'assembly/snappy.ts', 'return u32(out == limit)', 'return 1'],
  [
    'draws above the bound taken',
    'src/selection/random/bits.ts',
    'if (value <= max) return value\n  }\n}\n\n/** All',
    'return value & max\n  }\n}\n\n/** All',
  ],
  [
    'directions in the order written, not drawn',
    'src/selection/draw.ts',
    'flip[row] = bits[k] ?? 0',
    'flip[rows[k] ?? 0] = bits[k] ?? 0',
  ],
  [
    'fractions rounded half up',
    'src/selection/amount.ts',
    'below % 2 === 0 ? below : below + 1',
    'below + 1',
  ],
  [
    'traced place not given up when it moves',
    'src/selection/random/bits.ts',
    'traced[j >>> 5] = word & ~(1 << j)',
    '',
  ],
  ['ids outside the selection in the mask', 'src/selection/drawn-mask.ts', 'row[k] !== NOT_SELECTED && ', ''],
  [
    'ids outside the selection not found in a list',
    'src/selection/lint.ts',
    'row[k] === NOT_SELECTED || ',
    '',
  ],
  [
    'reverses looked for in place of connections',
    'src/select.ts',
    'forward: found.subarray(0, rows)',
    'forward: found.subarray(rows)',
  ],
  [
    'connections looked up in the first window only',
    'src/verification/connections.ts',
    't > lastTarget ||',
    'true ||',
  ],
  [
    'mask of another selection left in place',
    'src/formats/file-set.ts',
    'remove(path)\n    for',
    'void path\n    for',
  ],
  [
    'GIDs written as node ids',
    'src/interop/removal-files.ts',
    'words[2 * (from + i)] = nodeIdToGid(ids[i] ?? 0)',
    'words[2 * (from + i)] = ids[i] ?? 0',
  ],
  [
    'a configuration migrated half is accepted',
    'src/interop/manip-config/parse-call.ts',
    '.filter(([name, { value }]) => !sameJson(value, flat.get(name)?.value))',
    '.filter(([name]) => flat.has(name) && false)',
  ],
  [
    'unknown arguments are accepted',
    'src/interop/manip-config/parse-call.ts',
    'if (names.has(name)) continue',
    'continue',
  ],
  [
    'flat keys win over model_config',
    'src/interop/manip-config/parse-call.ts',
    'of entriesOf(models))\n      found',
    'of entriesOf(models).filter(([name]) => !found.has(name)))\n      found',
  ],
  [
    'a file with errors is a configuration all the same',
    'src/interop/manip-config/parse.ts',
    'config: hasErrors(findings.all) ? undefined : config,',
    'config,',
  ],
  [
    'ids of a list are put in order for a mask',
    'src/interop/manip-config/mask-selection.ts',
    'requireSame(resolved.listed ?? resolved.ids, ids,',
    'requireSame(resolved.ids, ids,',
  ],
  [
    'a mask for other nodes is accepted where the number fits',
    'src/interop/manip-config/mask-selection.ts',
    'if (selected[k] === expected[k] && k < selected.length && k < expected.length) continue',
    'if (k < selected.length && k < expected.length) continue',
  ],
  [
    'floats lose their decimal point',
    'src/interop/manip-config/emit.ts',
    'key?.float === true ? asFloat(value) : value',
    'value',
  ],
  [
    'node set of a selection object ignored',
    'src/interop/manip-config/node-query.ts',
    "if (typeof value === 'string') nodeSet = value",
    "if (typeof value === 'string') nodeSet = undefined",
  ],
  [
    'seeds beyond 32 bits accepted',
    'src/interop/manip-config/rules.ts',
    "generation === 'A1' ? seed : seed * splits",
    'seed',
  ],
  [
    'an unconverted result found before a converted one',
    'src/interop/manip-config/find-result.ts',
    'return [\n    ...renamed,',
    "return [\n    at('parquet', 'parquet'),\n    ...renamed,",
  ],
  [
    'compact removal silences the transposed connections',
    'src/interop/simulation-removal.ts',
    ': [...byTarget].map(([id, sources]) => ({ sources, targets: [id] }))',
    ': [...byTarget].map(([id, sources]) => ({ sources: [id], targets: sources }))',
    'sources unchecked when edges are paired',
    'assembly/align.ts',
    'load<u32>(otherSource + other4) == load<u32>(source + at4)',
    'true',
  ],
  [
    'sources of rows in groups not compared',
    'assembly/align.ts',
    ' | (load<u32>(otherSource + other4) ^ load<u32>(source))',
    '',
  ],
  [
    'one of four pairs not compared',
    'assembly/same-values.ts',
    'bits |= d0 | d1 | d2 | d3',
    'bits |= d0 | d1 | d2',
  ],
  [
    'runs of values not compared',
    'assembly/same-values.ts',
    'else if (sameBytes(a, b, length * size)) continue',
    'else continue',
  ],
  [
    'last bytes of a run not compared',
    'assembly/same-values.ts',
    'for (; at < end; at++)',
    'for (; at + 1 < end; at++)',
  ],
  [
    'edges behind the last pair overlooked',
    'src/verification/synapses/walk.ts',
    'if (next >= (this.#groups.starts[group + 1] ?? 0)) continue',
    'continue',
  ],
  [
    'edges left out of kept connections overlooked',
    'src/verification/synapses/walk.ts',
    'this.#suspectGaps(runs, count)',
    '{}',
  ],
  [
    'edges that differ not looked at again',
    'src/verification/synapses/walk.ts',
    'if (dirty[k] === 1 && this.#isCompared(targets[k] ?? 0)) this.#suspects.add(targets[k] ?? 0)',
    '',
  ],
  [
    'extra edges of a connection not reported',
    'src/verification/synapses/judge-blocks.ts',
    'if (allowed) this.judged.new += extra.length',
    'if (extra.length > 0) this.judged.new += extra.length',
  ],
  [
    'edges of a connection in another order accepted',
    'src/verification/synapses/judge-blocks.ts',
    'if (byOriginal[k]?.[0] !== original)',
    'if (false)',
  ],
  [
    'NumPy: a bound drawn is refused',
    'src/selection/random/bits.ts',
    'const value = (bits.u32() & mask) >>> 0\n    if (value <= max)',
    'const value = (bits.u32() & mask) >>> 0\n    if (value < max)',
  ],
  [
    'circuit: populations that the manipulated alone has are no finding',
    'src/sonata/facing.ts',
    'added: [...left],',
    'added: [],',
    CIRCUITS,
  ],
  [
    'circuit: a counterpart is told by its name alone',
    'src/sonata/facing.ts',
    'one.population === other.population && mayBeBetween(other, one.ends)',
    'one.population === other.population',
    CIRCUITS,
  ],
  [
    'circuit: the first of several possible counterparts is taken',
    'src/sonata/facing.ts',
    'if (second !== undefined) throw severalFor(meant, candidates, question)',
    '',
    CIRCUITS,
  ],
  [
    'circuit: a level that was not reached is no matter',
    'src/verification/level-reached.ts',
    "if (allow.includes('level.lower'))",
    'if (true)',
    CIRCUITS,
  ],
  [
    'circuit: a property group that is missing is the same',
    'src/full/same-tree.ts',
    "if (!there.includes(name)) this.differences.push({ path: inner, what: 'is missing' })",
    'if (!there.includes(name)) continue',
    CIRCUITS,
  ],
  [
    'circuit: what is compared already is compared by one name only',
    'src/full/same-tree.ts',
    'if (one === undefined || other === undefined) return\n    if (isOther',
    'return\n    if (isOther',
    CIRCUITS,
  ],
  [
    'circuit: references to rows that are gone go on',
    'src/full/edge-rows-expected.ts',
    'after[k] = rows[at] ?? 0',
    'after[k] = Math.max(rows[at] ?? 0, 0)',
    CIRCUITS,
  ],
  [
    'circuit: edge types that say something may be set to 0',
    'src/verification/synapses/columns.ts',
    "if (zeroed && !matter) this.#pipeline.push('edge_type.zeroed')",
    "if (zeroed) this.#pipeline.push('edge_type.zeroed')",
    CIRCUITS,
  ],
  [
    'circuit: a folder with more in it is the same',
    'src/full/same-path.ts',
    'if (added !== undefined) return',
    'if (false) return',
    CIRCUITS,
  ],
  [
    'circuit: a lost direction of the indices is none',
    'src/full/indices.ts',
    'before.dirs.filter(direction => !after.dirs.includes(direction))',
    'before.dirs.filter(() => false)',
    CIRCUITS,
  ],
  [
    'circuit: the first row that fits is the one that was kept',
    'src/verification/contracts/align-rows.ts',
    'if (n === m || n * m > MOST_PAIRS) return first',
    'return first',
    CIRCUITS,
  ],
  [
    'circuit: files that change while they are read',
    'src/identify.ts',
    'JSON.stringify({ role, file, bytes, modified }) !== JSON.stringify(now[k])',
    'false && k',
    CIRCUITS,
  ],
  [
    'circuit: a temporary file of a run that goes on is taken away',
    'src/formats/run-tag.ts',
    'return !existsSync',
    'return Boolean',
    ['test/formats/atomic-write.test.ts'],
  ],
]

const root = fileURLToPath(new URL('..', import.meta.url))
const tree = mkdtempSync(join(tmpdir(), 'connproof-mutants-'))
process.on('exit', () => rmSync(tree, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
for (const file of files.split('\n').filter(Boolean)) {
  cpSync(join(root, file), join(tree, file), { recursive: true })
}
symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'))

/** Everything that judges a connection; command line and packaging are not what is tried here. */
const TESTS = [
  'test/kernels',
  'test/verification',
  'test/selection',
  'test/select.test.ts',
  'test/interop/removal-files.test.ts',
  'test/interop/simulation-removal.test.ts',
  'test/interop/manip-config',
  'test/formats/file-set.test.ts',
  'test/verify.test.ts',
  'test/regrouped.test.ts',
]
const env = {
  ...process.env,
  CONNPROOF_SHARED: process.env.CONNPROOF_SHARED ?? join(dirname(join(root, '.')), 'shared'),
}

/** A fault may make a loop endless: the whole process group is ended after a while, and that is a failure. */
function run(command, args) {
  return spawnSync('timeout', ['--kill-after=1', '600', command, ...args], {
    cwd: tree,
    env,
    encoding: 'utf8',
  })
}

const builds = () => run('npm', ['run', '-s', 'build:kernels']).status === 0
const tests = (which = TESTS) => run('npx', ['vitest', 'run', '--bail=1', ...which])
const passes = which => tests(which).status === 0

const sound = builds() ? tests() : undefined
if (sound?.status !== 0) {
  console.error(
    `${sound?.stdout ?? ''}${sound?.stderr ?? ''}the tests fail without any fault: mend that first`,
  )
  process.exit(2)
}

const [only = ''] = process.argv.slice(2)
const wanted = MUTANTS.filter(([what, file]) => `${what} ${file}`.includes(only))
let killed = 0
for (const [what, file, original, fault, which] of wanted) {
  const path = join(tree, file)
  const text = readFileSync(path, 'utf8')
  if (text.split(original).length !== 2) {
    console.log(`STALE     ${what}: its line is not (or not once) in ${file}`)
    continue
  }
  writeFileSync(
    path,
    text.replace(original, () => fault),
  )
  const kernels = file.startsWith('assembly/')
  // A fault that does not compile proves nothing about the tests.
  const outcome = kernels && !builds() ? 'BROKEN  ' : passes(which) ? 'SURVIVED' : 'killed  '
  writeFileSync(path, text)
  if (outcome.startsWith('killed')) killed++
  console.log(`${outcome}  ${what} (${file})`)
  if (kernels) builds()
}
console.log(`${killed}/${wanted.length} killed`)
process.exitCode = killed === wanted.length ? 0 : 1
