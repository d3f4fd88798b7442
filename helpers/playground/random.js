// NumPy's default generator (SeedSequence and PCG64), so that a seed means the same network here
// and in Python: `network(m, scale, seed)` is bit for bit `uniform_network(m, 2, scale,
// np.random.default_rng(seed))`.

const MASK64 = (1n << 64n) - 1n;
const MASK128 = (1n << 128n) - 1n;

// The constants of numpy/random/bit_generator.pyx (INIT_A, MULT_A, INIT_B, MULT_B, MIX_MULT_L,
// MIX_MULT_R) ...
const POOL_START = 0x43b0d7e5;
const POOL_FACTOR = 0x931e8875;
const WORDS_START = 0x8b51f9dd;
const WORDS_FACTOR = 0x58f38ded;
const MIX_LEFT = 0xca01f9dd;
const MIX_RIGHT = 0x4973f715;
// ... and of numpy/random/src/pcg64/pcg64.h.
const PCG_MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

// A hash of 32-bit words whose constant moves on with every call.
function hasher(start, factor) {
  let constant = start;
  return (word) => {
    let value = word ^ constant;
    constant = Math.imul(constant, factor);
    value = Math.imul(value, constant);
    return value ^ (value >>> 16);
  };
}

function mix(x, y) {
  const value = Math.imul(MIX_LEFT, x) - Math.imul(MIX_RIGHT, y);
  return value ^ (value >>> 16);
}

// The hash of numpy.random.SeedSequence: a seed below 2^32 becomes eight words of 32 bits.
function seedWords(seed) {
  const toPool = hasher(POOL_START, POOL_FACTOR);
  const pool = [seed, 0, 0, 0].map((word) => toPool(word | 0));
  for (let source = 0; source < 4; source++)
    for (let target = 0; target < 4; target++)
      if (source !== target) pool[target] = mix(pool[target], toPool(pool[source]));
  const toWord = hasher(WORDS_START, WORDS_FACTOR);
  return Array.from({ length: 8 }, (_, k) => toWord(pool[k % 4]) >>> 0);
}

// Takes a seed; returns a function that gives the doubles of
// `np.random.default_rng(seed).random()`, one a call.
export function generator(seed) {
  const words = seedWords(seed).map(BigInt);
  const word64 = (k) => words[2 * k] | (words[2 * k + 1] << 32n);
  const start = (word64(0) << 64n) | word64(1);
  const stream = (word64(2) << 64n) | word64(3);
  const increment = ((stream << 1n) | 1n) & MASK128;
  const advance = (state) => (state * PCG_MULTIPLIER + increment) & MASK128;
  let state = advance((increment + start) & MASK128);
  return () => {
    state = advance(state);
    const folded = (state >> 64n) ^ (state & MASK64);
    const turn = state >> 122n;
    const rotated = ((folded >> turn) | (folded << (64n - turn))) & MASK64;
    return Number(rotated >> 11n) / 2 ** 53;
  };
}

// A network of m neurons, every weight uniform on [-scale, scale]: all w_1 first, then all w_2,
// then alpha.
export function network(m, scale, seed) {
  const random = generator(seed);
  const draw = () => Float64Array.from({ length: m }, () => -scale + 2 * scale * random());
  return { m, w1: draw(), w2: draw(), alpha: draw() };
}
