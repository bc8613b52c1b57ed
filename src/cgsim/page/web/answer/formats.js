/**
 * From numbers to words: the formats that the texts of the catalogue ask for, digit for digit those
 * of `cgsim.answer.formats`. The texts themselves come from Python (`tables.texts`).
 *
 * @module
 */

/** @typedef {import("./statistics.js").Estimate} Estimate */
/** @typedef {{value: number, low: number, high: number, unit: string}} Told */

/** Before every number below 0 that people read, as in `cgsim.answer.catalogue`. */
export const MINUS = "\u2212";

const PLACEHOLDER = /\{(\w+)(?::(\w+))?\}/g;

/**
 * Python's `f"{value:.{digits}f}"`: of two that are as near, the one with an even last digit.
 *
 * @param {number} value
 * @param {number} digits
 * @returns {string}
 */
export function fixed(value, digits) {
  const size = Math.abs(value);
  let text = size.toFixed(digits);
  const longer = size.toFixed(digits + 1);
  if (longer.endsWith("5") && Number.isInteger(size * 2 ** (digits + 1))) {
    const lower = longer.slice(0, -1).replace(/\.$/, "");
    if ("02468".includes(lower.at(-1) ?? "")) text = lower;
  }
  return value < 0 || Object.is(value, -0) ? `-${text}` : text;
}

/** A number as people read it: with the sign for minus, no hyphen, and none where it is 0. @param {string} text @returns {string} */
export function figure(text) {
  if (!text.startsWith("-")) return text;
  return (/[1-9]/.test(text) ? MINUS : "") + text.slice(1);
}

/**
 * The same of a value that is rounded first.
 *
 * @param {number} value
 * @param {number} digits
 * @returns {string}
 */
function rounded(value, digits) {
  return figure(fixed(Number(fixed(value, digits)) + 0, digits));
}

/** Put a comma between thousands. @param {string} figure @returns {string} */
function grouped(figure) {
  const [whole, part] = figure.split(".");
  const told = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? told : `${told}.${part}`;
}

/** A whole number: `1,000`. @param {number} value @returns {string} */
export function count(value) {
  return figure(grouped(fixed(value, 0)));
}

/** Whole units with their sign; what rounds to 0 has none. @param {number} value @returns {string} */
export function signedUnits(value) {
  const text = count(Math.abs(value));
  return text === "0" ? text : `${value > 0 ? "+" : MINUS}${text}`;
}

/** Python's `f"{value:g}"`: six digits that count. @param {number} value @returns {string} */
export function general(value) {
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(5).split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(Number(value.toPrecision(6)));
  const sign = power < 0 ? "-" : "+";
  return `${Number(mantissa)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

/** @param {string} text @param {string} tail @returns {string} */
function without(text, tail) {
  return tail && text.endsWith(tail) ? text.slice(0, -tail.length) : text;
}

/** @param {Estimate} estimate @returns {Estimate} the same counted the other way */
export function turned({ value, low, high, count: runs }) {
  return { value: -value, low: -high, high: -low, count: runs };
}

/** The texts of one language, filled in. */
export class Catalogue {
  /**
   * @param {{texts: Record<string, string>, digits: Record<string, number>, most_digits: number, digits_more: number,
   *   number_words: string[], extensions?: {inputs: Record<string, string>}}} tables
   */
  constructor({ texts, digits, most_digits: most, digits_more: more, number_words: numbers, extensions }) {
    this.texts = texts;
    this.own = extensions?.inputs ?? {}; // in their own words, which may hold any sign
    this.digits = digits;
    this.most = most;
    this.more = more;
    this.numbers = numbers;
    // Made once: to make it takes longer than all else that is said of an answer.
    this.sizes = new RegExp(`(artnership of )(${numbers.join("|")}|[0-9]+)(?![\\p{L}\\p{N}_])`, "giu");
    /** @type {Record<string, (value: any) => string>} what a text may ask for after the colon */
    this.formats = {
      percent: (value) => this.nearly(value),
      signed_points: (value) => without(this.signed(value), " %"),
      signed: (value) => this.signed(value),
      bare: (value) => this.points(value),
      surely_whole: (value) => this.surely(value, 0),
      inputs: (names) => this.joined(names.map((/** @type {string} */ name) => this.input(name))),
      count,
      decimal: (value) => this.decimal(value),
      surely: (value) => this.surely(value),
      worlds: (value) => this.worlds(value),
      runs: (value) => this.runs(value),
      months: (span) => this.months(span),
      of_runs: (pair) => this.ofRuns(pair),
      units: (value) => count(Math.abs(value)),
      few: (value) => this.few(value),
      signed_units: signedUnits,
      term: (text) => this.term(text),
      base: (of) => (of ? this.word("points.base", { of }) : ""),
      joined: (words) => this.joined(words),
      given: (basis) => this.given(basis),
      friction: (name) => this.word(`friction.${name}`),
      without: (name) => this.word(`without.${name}`),
      outcome: (name) => this.outcome(name),
      input: (name) => this.input(name),
      value: (told) => this.value(told),
      size: (told) => this.size(told),
      points_value: (told) => this.pointsValue(told),
      points_size: (told) => without(this.size(told), " %"),
      bound: (told) => this.bound(told),
      between: (told) => this.between(this.interval(told, told.unit)),
      between_turned: (told) => this.between(this.interval(turned(told), told.unit)),
      points_between: (told) => this.between(this.pointsInterval(told)),
      points_between_turned: (told) => this.between(this.pointsInterval(turned(told))),
    };
  }

  /**
   * The text of an id, filled in.
   *
   * @param {string} id
   * @param {Record<string, any>} [numbers]
   * @returns {string}
   */
  word(id, numbers = {}) {
    const template = this.texts[id];
    if (template === undefined) throw new RangeError(`there is no text ${id}`);
    return template.replace(PLACEHOLDER, (_, /** @type {string} */ name, how) => {
      if (!(name in numbers)) throw new RangeError(`the text ${id} has no ${name}`);
      if (!how) return typeof numbers[name] === "number" ? figure(String(numbers[name])) : String(numbers[name]);
      const format = this.formats[how];
      if (!format) throw new RangeError(`the text ${id} asks for ${how}`);
      return format(numbers[name]);
    });
  }

  /** What an uncertain input is. @param {string} name @returns {string} */
  input(name) {
    return this.own[name] ?? this.word(`input.${name}`);
  }

  /** Words of a measure, a unit or a heading. @param {string} english @returns {string} */
  term(english) {
    return english;
  }

  /** `11.8 %`, and never `−0.0 %`. @param {number} value @param {number} [digits] */
  percent(value, digits = 1) {
    if (Number.isNaN(value)) return this.word("word.not_known");
    return `${rounded(100 * value, digits)} %`;
  }

  /** `just above 0 %` in place of 0.0 % where it is not nothing. @param {number} value @returns {string} */
  nearly(value) {
    return this.notNothing(this.percent(value), value, this.percent(0, 0));
  }

  /**
   * A text, unless it writes as nothing what is more or less than that.
   *
   * @param {string} text
   * @param {number} value
   * @param {string} nothing
   * @returns {string}
   */
  notNothing(text, value, nothing) {
    if (Number.isNaN(value) || value === 0 || /[1-9]/.test(text)) return text;
    return this.word(value > 0 ? "word.just_above" : "word.just_below", { nothing });
  }

  /** `+17.5 %`; one that rounds to 0 has no sign. @param {number} value @param {number} [digits] @returns {string} */
  signed(value, digits = 1) {
    const text = this.percent(value, digits);
    return value > 0 && text !== this.percent(0, digits) ? `+${text}` : text;
  }

  /** `4.1`, as percentage points. @param {number} value @param {number} [digits] */
  points(value, digits = 1) {
    return without(this.percent(value, digits), " %");
  }

  /**
   * A value with its unit, in as many digits as mean something.
   *
   * @param {number} value
   * @param {string} unit
   * @param {number} [digits]
   * @returns {string}
   */
  number(value, unit, digits = this.digits[unit] ?? 0) {
    if (Number.isNaN(value)) return this.word("word.not_known");
    if (unit === "share") return this.percent(value, digits);
    const text = grouped(rounded(value, digits));
    if (unit === "pounds") return text.startsWith(MINUS) ? `${MINUS}£${text.slice(1)}` : `£${text}`;
    if (unit === "units per pound") return this.word("word.per_pound", { figure: text });
    return unit ? `${text} ${this.term(unit)}` : text;
  }

  /**
   * How many digits tell the ends of an interval apart. Where it leaves out 0 they tell the nearer
   * end from that, too, if a few digits more can.
   *
   * @param {{low: number, high: number}} estimate
   * @param {string} unit
   * @returns {number}
   */
  digitsOf({ low, high }, unit) {
    let digits = this.digits[unit] ?? 0;
    if (Number.isNaN(low) || low === high) return digits;
    const alike = (/** @type {number} */ one, /** @type {number} */ other, /** @type {number} */ places) =>
      this.number(one, unit, places) === this.number(other, unit, places);
    while (digits < this.most && alike(low, high, digits)) digits += 1;
    if (alike(low, high, digits)) return this.digits[unit] ?? 0; // nothing is won by so many
    const nearest = -high > low ? -high : low; // above 0 where the interval leaves out 0
    if (nearest > 0) {
      for (let more = digits; more <= Math.min(this.most, digits + this.more); more += 1) {
        // Ends that one digit tells apart may look alike again with the next.
        if (!alike(nearest, 0, more) && !alike(low, high, more)) return more;
      }
    }
    return digits;
  }

  /**
   * How many digits, so many at least, tell values apart that are not the same, if any do.
   *
   * @param {number[]} values
   * @param {string} unit
   * @param {number} [digits]
   * @returns {number}
   */
  digitsApart(values, unit, digits = this.digits[unit] ?? 0) {
    const known = [...new Set(values.filter((value) => !Number.isNaN(value)))];
    for (let more = digits; more <= this.most; more += 1) {
      if (new Set(known.map((value) => this.number(value, unit, more))).size === known.length) return more;
    }
    return digits;
  }

  /**
   * An interval, in digits that tell its ends apart: `11.6 to 11.9 %`.
   *
   * @param {{low: number, high: number}} estimate
   * @param {string} unit
   * @returns {string}
   */
  interval(estimate, unit) {
    if (Number.isNaN(estimate.low)) return this.word("word.not_known");
    const digits = this.digitsOf(estimate, unit);
    let low = this.number(estimate.low, unit, digits);
    let high = this.number(estimate.high, unit, digits);
    if (estimate.low > 0 || estimate.high < 0) {
      const nothing = this.number(0, unit, 0);
      low = this.notNothing(low, estimate.low, nothing);
      high = this.notNothing(high, estimate.high, nothing);
    }
    if (low === high) return low;
    const tail = unit === "share" ? " %" : unit ? ` ${this.term(unit)}` : "";
    return this.word("word.to", { low: without(low, tail), high });
  }

  /**
   * A value in as many digits as its interval is written in. Where that leaves out 0, and where
   * there is none, nothing is written as 0 that is not.
   *
   * @param {{value: number, low: number, high: number}} estimate
   * @param {string} unit
   * @param {number} [digits] more of them
   * @returns {string}
   */
  told(estimate, unit, digits = this.digitsOf(estimate, unit)) {
    const text = this.number(estimate.value, unit, digits);
    if (estimate.low <= 0 && estimate.high >= 0) return text;
    return this.notNothing(text, estimate.value, this.number(0, unit, 0));
  }

  /** `a, b and c`. @param {readonly string[]} words @returns {string} */
  joined(words) {
    if (words.length < 2) return words.join("");
    const last = words[words.length - 1];
    return this.word("word.and", { most: words.slice(0, -1).join(", "), last });
  }

  /**
   * Never 0.0 or 100.0 % of what is not none or all.
   *
   * @param {number} value
   * @param {number} [digits]
   * @returns {string}
   */
  surely(value, digits = 1) {
    const text = this.percent(value, digits);
    const least = Number(`1e-${digits + 2}`);
    if (value < 1 && text === this.percent(1, digits)) {
      return this.word("word.above", { share: this.percent(1 - least, digits) });
    }
    if (value > 0 && text === this.percent(0, digits)) {
      return this.word("word.below", { share: this.percent(least, digits) });
    }
    return text;
  }

  /** An interval of shares as percentage points: `1.2 to 3.4`. @param {Estimate} estimate @returns {string} */
  pointsInterval(estimate) {
    return without(this.interval(estimate, "share"), " %");
  }

  /** What draws rest on besides the priors. @param {Record<string, string> | null} basis @returns {string} */
  given(basis) {
    if (!basis) return "";
    const kind = "records" in basis ? "records" : "file";
    return this.word(`given.${kind}`, { name: basis[kind] });
  }

  /** `1 world`, `32 worlds`. @param {number} number @returns {string} */
  worlds(number) {
    return this.word(number === 1 ? "word.world" : "word.worlds", { count: count(number) });
  }

  /** `1 run`, `1,000 runs`. @param {number} number @returns {string} */
  runs(number) {
    return this.word(number === 1 ? "word.run" : "word.runs", { count: count(number) });
  }

  /** `24 months`, or the least and the most: `20 to 24 months`. @param {readonly [number, number] | null} span @returns {string} */
  months(span) {
    if (!span) return this.word("word.some_months");
    const [least, most] = span;
    if (least === 1 && most === 1) return this.word("word.month");
    const both = this.word("word.to", { low: count(least), high: count(most) });
    return this.word("word.months", { count: least === most ? count(most) : both });
  }

  /** An amount of units without its sign: `435`, `3.2`, `less than 0.1`. @param {number} value @returns {string} */
  few(value) {
    const size = Math.abs(value);
    if (size === 0 || size >= 9.95) return count(size);
    if (size < 0.1) return this.word("word.below", { share: "0.1" });
    return fixed(size, size >= 1 ? 1 : 2);
  }

  /** A number with two decimals: `0.85`, `less than 0.01` of what is not nothing. @param {number} value @returns {string} */
  decimal(value) {
    if (Number.isNaN(value)) return this.word("word.not_known");
    return value > 0 && value < 0.005 ? this.word("word.below", { share: "0.01" }) : figure(fixed(value, 2));
  }

  /** `3 of 100 runs`, `no run`. @param {readonly [number, number]} pair @returns {string} */
  ofRuns([hits, all]) {
    if (hits === 0) return this.word("word.no_run");
    if (hits === all) return this.word("word.every_run");
    return this.word("word.of_runs", { hits: count(hits), runs: this.runs(all) });
  }

  /** `one meeting every 2 months` for 0.5 a month. @param {number} value @returns {string} */
  meetings(value) {
    if (value === 1) return this.word("word.meeting");
    const months = value > 0 && value < 1 ? Number(fixed(1 / value, 0)) : 0;
    const near = Math.abs(months * value - 1) <= 1e-9 * Math.max(months * value, 1);
    if (months && near) return this.word("word.meeting_every", { months });
    return this.word("word.meetings", { count: general(value) });
  }

  /** A way to come out, in two or three words. @param {string} name @returns {string} */
  outcome(name) {
    return this.word(`outcome.${name.replaceAll(" ", "_")}.name`);
  }

  /** What a way to come out means. @param {string} name @returns {string} */
  outcomeWords(name) {
    return this.word(`outcome.${name.replaceAll(" ", "_")}.words`);
  }

  /** @param {Told} told @returns {string} */
  value(told) {
    return this.notNothing(this.told(told, told.unit), told.value, this.number(0, told.unit, 0));
  }

  /** @param {Told} told @returns {string} */
  size(told) {
    const value = Math.abs(told.value);
    const text = this.told({ ...told, value }, told.unit);
    if (!(value > 0) || /[1-9]/.test(text)) return text;
    const { step, digits } = this.least(told);
    return this.word("word.below", { share: this.number(step, told.unit, digits) });
  }

  /** The least that is written of an estimate, and in how many digits. @param {Told} told */
  least(told) {
    const digits = this.digitsOf(told, told.unit);
    return { step: Number(`1e-${digits + (told.unit === "share" ? 2 : 0)}`), digits };
  }

  /** @param {Told} told @returns {string} */
  pointsValue(told) {
    const text = without(this.value(told), " %");
    return told.value > 0 && /^\d/.test(text) ? `+${text}` : text;
  }

  /** What is not exceeded, rounded up. @param {Told} told @returns {string} */
  bound(told) {
    const { step, digits } = this.least(told);
    const furthest = Math.max(Math.abs(told.low), Math.abs(told.high));
    return this.number(Math.ceil(furthest / step) * step, told.unit, digits);
  }

  /** @param {string} interval @returns {string} */
  between(interval) {
    return this.word("word.interval", { interval });
  }

  /**
   * A name that tells a size, such as "Partnership of eight", with the size it has.
   *
   * @param {string} name
   * @param {number} size
   * @returns {string}
   */
  sized(name, size) {
    return name.replace(this.sizes, (whole, /** @type {string} */ before, /** @type {string} */ word) => {
      const number = this.numbers.indexOf(word.toLowerCase());
      return (number < 0 ? Number(word) : number) === size ? whole : `${before}${size}`;
    });
  }
}
