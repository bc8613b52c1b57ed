/**
 * Estimates with 95 % intervals, as `cgsim.statistics` makes them: t for means, Wilson for shares,
 * Bonett for spreads, and for medians and ratios the very draws of Python's bootstrap.
 *
 * @module
 */

/** @typedef {{value: number, low: number, high: number, count: number}} Estimate NaN: not known */
/** @typedef {Uint16Array | Uint32Array} Places of values that samples are made of */
/** @typedef {ArrayLike<number>} Values one number a replicate; NaN is left out */
/**
 * @typedef {object} Settings the numbers of `tables.settings` that are needed here
 * @property {number} level
 * @property {number} resamples
 * @property {number} fewest_resampled
 * @property {number} fewest_for_a_spread
 */

/** @type {Estimate} */
export const NOTHING = Object.freeze({ value: NaN, low: NaN, high: NaN, count: 0 });

/** The normal quantile of 97.5 %. */
const Z = 1.959963984540054;
const TWO_32 = 2 ** 32;
/** Words that bootstraps draw from and that are kept for the next one, at most: 10 MB. */
const MOST_KEPT = 2_500_000;
const BLOCK = 2 ** 16;
const COUNTS_KEPT = 4; // 2 MB for 500 values

/** @param {Values} values @returns {number[]} those that are numbers */
export function known(values) {
  const kept = [];
  for (let place = 0; place < values.length; place += 1) {
    if (!Number.isNaN(values[place])) kept.push(values[place]);
  }
  return kept;
}

/**
 * The sum, rounded once (Shewchuk 1997), so that it is the same in any order; Python's `math.fsum`.
 *
 * @param {ArrayLike<number>} values
 * @returns {number}
 */
export function exactSum(values) {
  /** @type {number[]} */
  const parts = [];
  for (let place = 0; place < values.length; place += 1) {
    let x = values[place];
    let kept = 0;
    for (let at = 0; at < parts.length; at += 1) {
      let y = parts[at];
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) parts[kept++] = low;
      x = high;
    }
    parts.length = kept;
    parts.push(x);
  }
  let at = parts.length;
  if (!at) return 0;
  let high = parts[--at];
  let low = 0;
  while (at > 0) {
    const x = high;
    const y = parts[--at];
    high = x + y;
    low = y - (high - x);
    if (low !== 0) break;
  }
  // Half-way cases are rounded to even over all parts.
  if (at > 0 && ((low < 0 && parts[at - 1] < 0) || (low > 0 && parts[at - 1] > 0))) {
    const twice = low * 2;
    const x = high + twice;
    if (twice === x - high) high = x;
  }
  return high;
}

/**
 * NumPy's sum along an array: in pairs of blocks. Gives its bits.
 *
 * @param {ArrayLike<number>} values
 * @param {number} [first]
 * @param {number} [count]
 * @returns {number}
 */
export function pairwiseSum(values, first = 0, count = values.length) {
  return 0 + pairwise(values, first, count);
}

/** @param {ArrayLike<number>} a @param {number} first @param {number} count @returns {number} */
function pairwise(a, first, count) {
  if (count < 8) {
    let sum = -0;
    for (let k = 0; k < count; k += 1) sum += a[first + k];
    return sum;
  }
  if (count <= 128) {
    // Eight sums by name: they stay in registers, and most of a run's reading is this.
    let k = first;
    let [r0, r1, r2, r3] = [a[k], a[k + 1], a[k + 2], a[k + 3]];
    let [r4, r5, r6, r7] = [a[k + 4], a[k + 5], a[k + 6], a[k + 7]];
    const end = first + count;
    for (k += 8; k + 8 <= end; k += 8) {
      r0 += a[k];
      r1 += a[k + 1];
      r2 += a[k + 2];
      r3 += a[k + 3];
      r4 += a[k + 4];
      r5 += a[k + 5];
      r6 += a[k + 6];
      r7 += a[k + 7];
    }
    let sum = r0 + r1 + (r2 + r3) + (r4 + r5 + (r6 + r7));
    for (; k < end; k += 1) sum += a[k];
    return sum;
  }
  let half = Math.floor(count / 2);
  half -= half % 8;
  return pairwise(a, first, half) + pairwise(a, first + half, count - half);
}

/** Γ(a + 1/2) / Γ(a), to the last digit or two. @param {number} a @returns {number} */
function gammaStep(a) {
  let ratio = 1;
  while (a < 20) {
    ratio *= a / (a + 0.5);
    a += 1;
  }
  const x = 1 / a;
  const series =
    1 + x * (-1 / 8 + x * (1 / 128 + x * (5 / 1024 + x * (-21 / 32768 + x * (-399 / 262144 +
      x * (869 / 4194304 + x * (39325 / 33554432)))))));
  return ratio * Math.sqrt(a) * series;
}

/**
 * The continued fraction of the incomplete beta function (Lentz).
 *
 * @param {number} a
 * @param {number} b
 * @param {number} x
 * @returns {number}
 */
function fraction(a, b, x) {
  const tiny = 1e-300;
  const safe = (/** @type {number} */ value) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 10000; m += 1) {
    let step = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + step * d);
    c = safe(1 + step / c);
    h *= d * c;
    step = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + step * d);
    c = safe(1 + step / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return h;
}

/**
 * The chance that Student's t exceeds a value that is not below 0.
 *
 * @param {number} t
 * @param {number} freedom
 * @returns {number}
 */
export function tTail(t, freedom) {
  if (t === 0) return 0.5;
  const a = freedom / 2;
  const x = freedom / (freedom + t * t);
  const y = (t * t) / (freedom + t * t);
  const over = gammaStep(a) / Math.sqrt(Math.PI); // 1 / B(a, 1/2)
  const front = Math.exp(-a * Math.log1p((t * t) / freedom)) * Math.sqrt(y) * over;
  if (x < (a + 1) / (a + 2.5)) return (0.5 * front * fraction(a, 0.5, x)) / a;
  return 0.5 * (1 - (front * fraction(0.5, a, y)) / 0.5);
}

/** @type {Map<number, Map<number, number>>} by level, then by freedom */
const quantiles = new Map();

/**
 * The value that Student's t exceeds in half of what a level leaves out: 2.2 of 10 at 95 %.
 *
 * @param {number} freedom 1 or more
 * @param {number} level
 * @returns {number}
 */
export function tQuantile(freedom, level) {
  const known = quantiles.get(level) ?? new Map();
  quantiles.set(level, known);
  const found = known.get(freedom);
  if (found !== undefined) return found;
  const chance = 1 - (0.5 + level / 2);
  const density = gammaStep(freedom / 2) / Math.sqrt(freedom * Math.PI);
  let t = 1.9; // below every quantile, so Newton's steps go up and never past it
  for (let step = 0; step < 100; step += 1) {
    const slope = density * Math.exp((-(freedom + 1) / 2) * Math.log1p((t * t) / freedom));
    const move = (tTail(t, freedom) - chance) / slope;
    t += move;
    if (Math.abs(move) <= 4e-16 * t) break;
  }
  if (known.size > 10000) known.clear();
  known.set(freedom, t);
  return t;
}

/** The estimates, with the settings and the bootstrap's draws that Python uses. */
export class Statistics {
  /**
   * @param {{settings: Settings, bootstrap: {state: string, inc: string}}} tables
   */
  constructor({ settings, bootstrap }) {
    this.settings = settings;
    this.begin = bootstrap;
    this.stream = new Stream(bootstrap);
    this.words = new Uint32Array(0);
    this.made = 0; // of the words, from the first
    /** @type {Map<number, Places>} */
    this.placed = new Map();
  }

  /** A mean with Student's t interval. @param {Values} values @returns {Estimate} */
  mean(values) {
    const kept = known(values);
    const count = kept.length;
    if (!count) return NOTHING;
    const value = exactSum(kept) / count;
    if (count === 1) return { value, low: NaN, high: NaN, count };
    const variance = squares(kept, value) / (count - 1);
    const half = tQuantile(count - 1, this.settings.level) * Math.sqrt(variance / count);
    return { value, low: value - half, high: value + half, count };
  }

  /**
   * The difference of two means of values that are not paired (Welch 1947).
   *
   * @param {Values} one
   * @param {Values} other
   * @returns {Estimate}
   */
  difference(one, other) {
    const kept = [known(one), known(other)];
    const count = Math.min(kept[0].length, kept[1].length);
    if (!count) return NOTHING;
    const means = kept.map((values) => exactSum(values) / values.length);
    const value = means[0] - means[1];
    if (count === 1) return { value, low: NaN, high: NaN, count };
    const parts = kept.map(
      (values, place) => squares(values, means[place]) / (values.length - 1) / values.length,
    );
    const error = parts[0] + parts[1];
    let half = 0;
    if (error > 0) {
      const below = parts.map((part, place) => (part * part) / (kept[place].length - 1));
      const freedom = (error * error) / (below[0] + below[1]);
      half = tQuantile(freedom, this.settings.level) * Math.sqrt(error);
    }
    return { value, low: value - half, high: value + half, count };
  }

  /** A share with Wilson's interval (1927). @param {Values} flags @returns {Estimate} */
  share(flags) {
    const kept = known(flags);
    const count = kept.length;
    if (!count) return NOTHING;
    const hits = kept.filter((flag) => flag !== 0).length;
    const value = hits / count;
    const below = 2 * (count + Z ** 2);
    const centre = (2 * count * value + Z ** 2) / below;
    const half = (Z / below) * Math.sqrt(4 * count * value * (1 - value) + Z ** 2);
    const low = hits === 0 ? 0 : centre - half;
    const high = hits === count ? 1 : centre + half;
    return { value, low: Math.min(low, value), high: Math.max(high, value), count };
  }

  /** A standard deviation with Bonett's interval (2006). @param {Values} values @returns {Estimate} */
  spread(values) {
    const kept = known(values);
    const count = kept.length;
    if (count < 2) return NOTHING;
    const about = squares(kept, exactSum(kept) / count);
    const value = Math.sqrt(about / (count - 1));
    if (count < this.settings.fewest_for_a_spread) return { value, low: NaN, high: NaN, count };
    if (kept.every((one) => one === kept[0])) return { value: 0, low: 0, high: 0, count };
    const cut = Math.trunc((0.5 / Math.sqrt(count - 4)) * count);
    const middle = kept.slice().sort(ascending).slice(cut, count - cut);
    const centre = middle.reduce((sum, one) => sum + one, 0) / middle.length;
    const fourth = exactSum(kept.map((one) => (one - centre) ** 4));
    const kurtosis = (count * fourth) / about ** 2;
    const small = count / (count - Z);
    const error = small * Math.sqrt((kurtosis - (count - 3) / count) / (count - 1));
    const scaled = value * Math.sqrt(small);
    const reach = Math.exp((Z * error) / 2);
    return { value, low: scaled / reach, high: scaled * reach, count };
  }

  /** A median with a percentile bootstrap. @param {Values} values @returns {Estimate} */
  median(values) {
    const kept = known(values);
    const count = kept.length;
    if (!count) return NOTHING;
    const sorted = kept.slice().sort(ascending);
    const value = middleOf(sorted);
    const levels = [...new Set(sorted)];
    const level = new Map(levels.map((one, place) => [one, place]));
    const places = Int32Array.from(kept, (one) => /** @type {number} */ (level.get(one)));
    const counts = new Int32Array(levels.length);
    const [lower, upper] = [(count - 1) >> 1, count >> 1];
    return this.resampled(value, count, (drawn, from) => {
      counts.fill(0);
      for (let draw = from; draw < from + count; draw += 1) counts[places[drawn[draw]]] += 1;
      let seen = 0;
      let at = 0;
      while (seen + counts[at] <= lower) seen += counts[at++];
      const low = levels[at];
      while (seen + counts[at] <= upper) seen += counts[at++];
      return (low + levels[at]) / 2;
    });
  }

  /**
   * The ratio of two means over the same replicates, with a percentile bootstrap.
   *
   * @param {Values} above
   * @param {Values} below
   * @returns {Estimate}
   */
  ratio(above, below) {
    /** @type {number[]} */
    const over = [];
    /** @type {number[]} */
    const under = [];
    for (let place = 0; place < above.length; place += 1) {
      if (Number.isNaN(above[place]) || Number.isNaN(below[place])) continue;
      over.push(above[place]);
      under.push(below[place]);
    }
    if (!under.some((one) => one !== 0)) return NOTHING;
    const count = over.length;
    return this.resampled(pairwiseSum(over) / pairwiseSum(under), count, (drawn, from) => {
      let sumOver = 0;
      let sumUnder = 0;
      for (let draw = from; draw < from + count; draw += 1) {
        const place = drawn[draw];
        sumOver += over[place];
        sumUnder += under[place];
      }
      return sumUnder === 0 ? NaN : sumOver / sumUnder;
    });
  }

  /**
   * @param {number} value
   * @param {number} count
   * @param {(drawn: Places, from: number) => number} statistic of one sample, whose places stand `from` there on
   * @returns {Estimate}
   */
  resampled(value, count, statistic) {
    const { fewest_resampled: fewest, resamples, level } = this.settings;
    if (count < fewest) return { value, low: NaN, high: NaN, count };
    const found = new Float64Array(resamples);
    if (count * resamples <= MOST_KEPT) {
      const drawn = this.places(count);
      for (let number = 0; number < resamples; number += 1) found[number] = statistic(drawn, number * count);
    } else {
      const take = this.draws(count);
      const drawn = new Uint32Array(count);
      for (let number = 0; number < resamples; number += 1) {
        for (let draw = 0; draw < count; draw += 1) drawn[draw] = take();
        found[number] = statistic(drawn, 0);
      }
    }
    if (found.some(Number.isNaN)) return { value, low: NaN, high: NaN, count };
    found.sort();
    const left = (1 - level) / 2;
    return { value, low: quantileOf(found, left), high: quantileOf(found, 1 - left), count };
  }

  /**
   * All places that the bootstrap draws from so many values. They hang on nothing else, and those of
   * the last few counts are kept.
   *
   * @param {number} count
   * @returns {Places}
   */
  places(count) {
    const drawn = this.placed.get(count) ?? this.drawn(count);
    this.placed.delete(count);
    this.placed.set(count, drawn);
    if (this.placed.size > COUNTS_KEPT) this.placed.delete(/** @type {number} */ (this.placed.keys().next().value));
    return drawn;
  }

  /** @param {number} count @returns {Places} */
  drawn(count) {
    const take = this.draws(count);
    const all = count * this.settings.resamples;
    const drawn = count <= 2 ** 16 ? new Uint16Array(all) : new Uint32Array(all);
    for (let place = 0; place < all; place += 1) drawn[place] = take();
    return drawn;
  }

  /**
   * One place after the other, as the bootstrap draws them. The words that they are drawn by hang on
   * nothing and are kept: an answer while a lever moves has to wait for none.
   *
   * @param {number} count below 2^21
   * @returns {() => number}
   */
  draws(count) {
    const all = count * this.settings.resamples;
    const threshold = (TWO_32 - count) % count;
    const kept = all <= MOST_KEPT;
    const stream = kept ? this.stream : new Stream(this.begin);
    let words = kept ? this.wordsOf(all) : new Uint32Array(BLOCK);
    let next = kept ? 0 : words.length;
    return () => {
      // Lemire's way: a word in very many is passed by.
      for (;;) {
        if (next === words.length) {
          if (kept) words = this.wordsOf(next + BLOCK);
          else next = stream.fill(words, 0);
        }
        const product = words[next++] * count;
        const whole = Math.floor(product / TWO_32);
        if (product - whole * TWO_32 >= threshold) return whole;
      }
    };
  }

  /** Words from the first on, at least so many. @param {number} count @returns {Uint32Array} */
  wordsOf(count) {
    while (this.made < count) this.ready(count);
    return this.words.subarray(0, this.made);
  }

  /**
   * Make some of the words that a bootstrap will ask for.
   *
   * @param {number} count
   * @returns {boolean} whether there are so many now
   */
  ready(count) {
    const wanted = Math.min(count, MOST_KEPT + BLOCK);
    if (this.words.length < wanted) {
      const more = new Uint32Array(wanted);
      more.set(this.words.subarray(0, this.made));
      this.words = more;
    }
    if (this.made < wanted) {
      const next = Math.min(this.made + BLOCK, this.words.length);
      this.stream.fill(this.words.subarray(this.made, next), 0);
      this.made = next;
    }
    return this.made >= wanted;
  }
}

/** @param {number[]} values @param {number} centre @returns {number} */
function squares(values, centre) {
  return exactSum(values.map((one) => (one - centre) * (one - centre)));
}

/** @param {number} one @param {number} other @returns {number} */
export function ascending(one, other) {
  return one - other;
}

/** @param {ArrayLike<number>} sorted @returns {number} */
export function middleOf(sorted) {
  const count = sorted.length;
  return (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2;
}

/** SciPy's quantile of sorted values. @param {ArrayLike<number>} sorted @param {number} share */
function quantileOf(sorted, share) {
  const count = sorted.length;
  const place = share * count + (1 - share);
  const next = Math.floor(place);
  const part = place - next;
  const at = (/** @type {number} */ index) => sorted[Math.min(Math.max(index, 0), count - 1)];
  return (1 - part) * at(next - 1) + part * at(next);
}

/**
 * NumPy's quantiles of sorted values. Values of single precision have differences of such.
 *
 * @param {ArrayLike<number>} sorted
 * @param {readonly number[]} shares
 * @returns {number[]}
 */
export function quantilesOf(sorted, shares) {
  const last = sorted.length - 1;
  return shares.map((share) => {
    const place = last * share;
    const lower = Math.floor(place);
    const part = place - lower;
    const low = sorted[lower];
    const high = sorted[Math.min(lower + 1, last)];
    const step = sorted instanceof Float32Array ? Math.fround(high - low) : high - low;
    return part >= 0.5 ? high - step * (1 - part) : low + step * part;
  });
}

const LIMBS = 6; // of 24 bits, so that a sum of six products is exact
const LIMB = 2 ** 24;
const [M0, M1, M2, M3, M4, M5] = limbs("2360ed051fc65da44385df649fccf645");

/** @param {string} digits hexadecimal, 128 bits @returns {number[]} the lowest first */
function limbs(digits) {
  const padded = digits.padStart(6 * LIMBS, "0");
  return Array.from({ length: LIMBS }, (_, place) =>
    parseInt(padded.slice(6 * (LIMBS - 1 - place), 6 * (LIMBS - place)), 16),
  );
}

/** NumPy's PCG64, of which bootstrap draws come: the same numbers from the same state. */
class Stream {
  /** @param {{state: string, inc: string}} begin */
  constructor({ state, inc }) {
    this.state = limbs(state);
    this.inc = limbs(inc);
    this.kept = -1;
  }

  /**
   * Fill with the next words. One long function, as its numbers stay in registers.
   *
   * @param {Uint32Array} words
   * @param {number} place from which on
   * @returns {number} that place
   */
  fill(words, place) {
    let [s0, s1, s2, s3, s4, s5] = this.state;
    const [i0, i1, i2, i3, i4, i5] = this.inc;
    let kept = this.kept;
    for (let at = place; at < words.length; at += 1) {
      let word = kept;
      kept = -1;
      if (word < 0) {
        // One step of the state, its limbs from the lowest.
        let sum = s0 * M0 + i0;
        let carry = Math.floor(sum / LIMB);
        const t0 = sum - carry * LIMB;
        sum = s0 * M1 + s1 * M0 + i1 + carry;
        carry = Math.floor(sum / LIMB);
        const t1 = sum - carry * LIMB;
        sum = s0 * M2 + s1 * M1 + s2 * M0 + i2 + carry;
        carry = Math.floor(sum / LIMB);
        const t2 = sum - carry * LIMB;
        sum = s0 * M3 + s1 * M2 + s2 * M1 + s3 * M0 + i3 + carry;
        carry = Math.floor(sum / LIMB);
        const t3 = sum - carry * LIMB;
        sum = s0 * M4 + s1 * M3 + s2 * M2 + s3 * M1 + s4 * M0 + i4 + carry;
        carry = Math.floor(sum / LIMB);
        const t4 = sum - carry * LIMB;
        sum = s0 * M5 + s1 * M4 + s2 * M3 + s3 * M2 + s4 * M1 + s5 * M0 + i5 + carry;
        s5 = sum - Math.floor(sum / 256) * 256;
        s0 = t0;
        s1 = t1;
        s2 = t2;
        s3 = t3;
        s4 = t4;
        // The halves of 64 bits, one upon the other, turned by the six highest bits.
        const low = (s0 | (s1 << 24)) ^ ((s2 >>> 16) | (s3 << 8));
        const high = ((s1 >>> 8) | (s2 << 16)) ^ (s4 | (s5 << 24));
        const turn = s5 >>> 2;
        const by = turn & 31;
        const near = turn < 32 ? low : high;
        const far = turn < 32 ? high : low;
        kept = (by ? (far >>> by) | (near << (32 - by)) : far) >>> 0;
        word = (by ? (near >>> by) | (far << (32 - by)) : near) >>> 0;
      }
      words[at] = word;
    }
    this.state = [s0, s1, s2, s3, s4, s5];
    this.kept = kept;
    return place;
  }
}
