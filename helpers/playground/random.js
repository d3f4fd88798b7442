// NumPy's default generator (SeedSequence and PCG64), so that a seed means the same network here and in Python:
// `network(m, scale, seed)` is bit for bit `uniform_network(m, 2, scale, np.random.default_rng(seed))`.

const MASK64 = (1n << 64n) - 1n,
  MASK128 = (1n << 128n) - 1n;
const PCG_MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

// The hash of numpy.random.SeedSequence: a seed below 2^32 becomes eight words of 32 bits.
function seedWords(seed) {
  let constant = 0x43b0d7e5;
  const hash = (value) => {
    value ^= constant;
    constant = Math.imul(constant, 0x931e8875);
    value = Math.imul(value, constant);
    return value ^ (value >>> 16);
  };
  const mix = (x, y) => {
    const value = Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y);
    return value ^ (value >>> 16);
  };
  const pool = [seed, 0, 0, 0].map((word) => hash(word | 0));
  for (let source = 0; source < 4; source++)
    for (let target = 0; target < 4; target++)
      if (source !== target) pool[target] = mix(pool[target], hash(pool[source]));

  constant = 0x8b51f9dd;
  return Array.from({ length: 8 }, (_, k) => {
    let value = pool[k % 4] ^ constant;
    constant = Math.imul(constant, 0x58f38ded);
    value = Math.imul(value, constant);
    return (value ^ (value >>> 16)) >>> 0;
  });
}

// A function that returns the doubles of `np.random.default_rng(seed).random()`, one a call.
export function generator(seed) {
  const words = seedWords(seed).map(BigInt);
  const word64 = (k) => words[2 * k] | (words[2 * k + 1] << 32n);
  const increment = ((((word64(2) << 64n) | word64(3)) << 1n) | 1n) & MASK128;
  const advance = (state) => (state * PCG_MULTIPLIER + increment) & MASK128;
  let state = advance((increment + ((word64(0) << 64n) | word64(1))) & MASK128);
  return () => {
    state = advance(state);
    const folded = (state >> 64n) ^ (state & MASK64),
      turn = state >> 122n;
    const rotated = ((folded >> turn) | (folded << (64n - turn))) & MASK64;
    return Number(rotated >> 11n) / 9007199254740992;
  };
}

// A network of m neurons, every weight uniform on [-scale, scale]: all w_1 first, then all w_2, then alpha.
export function network(m, scale, seed) {
  const random = generator(seed);
  const draw = () => Float64Array.from({ length: m }, () => -scale + 2 * scale * random());
  return { m, w1: draw(), w2: draw(), alpha: draw() };
}
