// node in_node.mjs JOB: what the page's JavaScript makes of a job of many cases, as JSON.
import { readFileSync } from "node:fs";

const job = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const from = (name) => import(`${job.package}/${name}`);
const read = (name) => readFileSync(`${job.package}/portable/${name}`);

const { load } = await from("portable/engine.js");
const { Kitchen, Results } = await from("page/web/answer/results.js");
const build = await from("page/web/answer/build.js");
const compare = await from("page/web/answer/compare.js");
const { wayOf } = await from("page/web/answer/way.js");
const { Statistics, quantilesOf } = await from("page/web/answer/statistics.js");
const { Kept } = await from("page/web/model/kept.js");
const { Lives, Without, joined } = await from("page/web/model/lived.js");
const draws = await from("page/web/model/draws.js");
const { at } = await from("page/web/engine/draws.js");
const { aboutOf } = await from("page/web/scenario/about.js");
const { Fault, edited } = await from("page/web/scenario/edits.js");
const { laid } = await from("page/web/scenario/laid.js");
const { opened } = await from("page/web/scenario/opened.js");
const { toCsv } = await from("page/web/rooms/take_away/files.js");
const { pack } = await from("page/web/scenario/pack.js");
const { Answers, allAsToml, asToml, readAnswers } = await from("page/web/assess/answers.js");
const assessing = await from("page/web/assess/assessment.js");
const assessed = await from("page/web/assess/words.js");
const taught = await from("page/web/rooms/teach/words.js");

const { Game } = await from("page/web/game/game.js");
const debriefing = await from("page/web/game/debrief.js");
const { readWall, grantFirst, endOf } = await from("page/web/game/wall.js");
const { priceOf, standing } = await from("page/web/game/words.js");
const { readCode, writeCode } = await from("page/web/game/code.js");
const { packed } = await from("page/web/game/packed.js");
const { seenAt } = await from("page/web/game/lives.js");

const kit = await load(read("engine.wasm"), JSON.parse(read("engine.json")));
const { tables } = job;
const kitchen = new Kitchen(tables);
const numberOf = (value) => (value === null ? NaN : value);
const parameter = (name) => tables.parameters.find((row) => row.name === name);

/** Have the draws of an assessment lived, one after the other. */
async function liveDraws(points, { start, seed }, runs, whole) {
  const all = points.map((point, draw) => {
    const world = pack([start.at(point)], tables, start.ties);
    const lives = new Lives(kit, world, tables, { piece: runs });
    const months = world.sizes.T;
    return { months, ...lives.live(draw * tables.settings.own_luck_step, runs, seed) };
  });
  const put = (of) => {
    const parts = all.map(of);
    const made = new parts[0].constructor(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (made.set(part, at), at + part.length), 0);
    return made;
  };
  const lives = whole && {
    start: put((one) => one.lived.start),
    end: put((one) => one.lived.end),
    commitment: put((one) => one.lived.commitment),
    months: all[0].months,
  };
  return { measures: put((one) => one.measures), lives: lives || null };
}

/** What answers are made of, of a scenario's tables. */
function modelOf({ name, tables: scenario, ties }) {
  return { ...pack([scenario], tables, ties), about: aboutOf(name, scenario, tables) };
}

const kept = new Kept(tables);

/** What came of decisions on a play's luck, as the page keeps it. */
function livedPlays(game, { case: number, luck }, many) {
  const lives = new Lives(kit, packed(game, number, many, tables), tables, { piece: 1, kept });
  const first = game.settings.first_month;
  return many.map((_, point) => {
    const { measures, lived } = lives.live(luck, 1, game.settings.seed, point);
    return {
      score: measures[kitchen.column.get("extra_met_over_equal_money_a_year")],
      better: measures[kitchen.column.get("better_off_over_equal_money")],
      end: lived.end[0],
      overMoney: Array.from(lived.beyond_money.subarray(first)),
      overAlone: Array.from(lived.beyond_alone.subarray(first)),
    };
  });
}

/** Live a case in pieces that do not come in order, as those of workers: by what is known of it. */
function results({ scenario, seed, runs, reasons = true }) {
  const model = modelOf(scenario);
  const piece = 7;
  const lives = new Lives(kit, model, tables, { piece, kept });
  const parts = [];
  for (let first = 0; first < runs; first += piece) {
    parts.unshift(lives.live(first, Math.min(piece, runs - first), seed));
  }
  const { measures, lived } = joined(runs, parts);
  if (reasons) {
    const without = new Without(kit, model, tables, { piece: 5, kept });
    const off = tables.frictions.length;
    lived.without = new Float64Array(runs * off);
    for (let first = 0; first < runs; first += 5) {
      const count = Math.min(5, runs - first);
      const known = {
        start: lived.start.slice(first, first + count),
        met: lived.met.slice(2 * first, 2 * (first + count)),
      };
      lived.without.set(without.changes(first, count, seed, known), first * off);
    }
  }
  return new Results(kitchen, model, { seed, measures, lived });
}

/** Runs of a scenario as it is set, in the order of settings: upon what is known of those before, and upon nothing. */
function moved({ scenario, seed, runs, settings }) {
  const known = new Kept(tables);
  const rooms = new Map();
  const told = (model, kept) => {
    const key = JSON.stringify([Boolean(kept), model.sizes]);
    const lives = rooms.get(key) ?? new Lives(kit, model, tables, { piece: runs, kept });
    rooms.set(key, lives);
    lives.turnTo(model);
    const { measures, lived } = lives.live(0, runs, seed);
    const reasons = new Without(kit, model, tables, { piece: 4, kept });
    const changes = reasons.changes(1, 4, seed, { start: lived.start.slice(1), met: lived.met.slice(2) });
    return JSON.stringify([measures, lived, changes], (_, value) => (Number.isNaN(value) ? "nan" : value));
  };
  return settings.map((set) => {
    const changed = edited(scenario.tables, { set, seats: null, skills: null }, parameter);
    const model = pack([changed], tables, scenario.ties);
    return { same: told(model, known) === told(model, null), areas: known.alone.all.size, draws: known.drawn.all.size };
  });
}

function drawn({ scenario, seed, draws: count, runs_each: each }) {
  const points = draws.drawsOf(tables, [modelOf(scenario)], seed, count);
  const places = tables.doubt_measures.map((name) => kitchen.column.get(name));
  const lived = points.map((point, draw) => {
    const world = pack([at(scenario.tables, point, { parameter })], tables, scenario.ties);
    const lives = new Lives(kit, world, tables, { piece: each });
    const { measures, width } = lives.live(draw * tables.settings.own_luck_step, each, seed);
    const runs = Array.from({ length: each }, (_, run) => run);
    const mean = (place) => runs.reduce((sum, run) => sum + measures[run * width + place], 0) / each;
    return { draw, means: places.map(mean) };
  });
  return draws.drawnFrom(tables, points, lived.reverse(), each);
}

const WORK = {
  answers: (cases) =>
    cases.map((one) => {
      const found = results(one);
      const lived = one.draws ? drawn(one) : one.given;
      const answer = build.answerOf(found, lived, one.why_not);
      return {
        answer,
        account: answer.account
          ? build.accountStatements(kitchen, answer.account).map(({ text }) => text)
          : [],
        changes: answer.changes.map((change) => build.changeStatement(kitchen, change).text),
        outcomes: build.outcomesInWords(kitchen, answer),
        one_run: build.oneRun(found, one.runs - 1).text,
        tables: ["run", "compare"].map((table) =>
          build.rows(table, answer).map(([value]) => build.valueWords(kitchen, value)),
        ),
      };
    }),
  came_out: (cases) =>
    cases.map((outcomes) => build.outcomesInWords(kitchen, { outcomes, remarks: [] })),
  moved: (cases) => cases.map(moved),
  pairs: (cases) =>
    cases.map(({ one, other, labels }) => {
      const [mine, first] = [results(one), results(other)];
      const [some, others] = [drawn(one), drawn(other)];
      return {
        same_area: compare.sameArea(mine.model, first.model),
        measure: compare.measureBetween(mine, first),
        beyond: compare.beyondStatement(...labels, mine, first).text,
        doubt: compare.doubtStatement(kitchen, ...labels, some, others).text,
      };
    }),
  estimates: (cases) =>
    cases.map((lines) => {
      const statistics = new Statistics(tables);
      const [a, b] = lines.map((line) => line.map(numberOf));
      const kept = Float64Array.from(a.filter((one) => !Number.isNaN(one))).sort();
      return {
        mean: statistics.mean(a),
        difference: statistics.difference(a, b),
        share: statistics.share(a.map((one) => (Number.isNaN(one) ? one : Number(one > 0)))),
        spread: statistics.spread(a),
        median: statistics.median(a),
        ratio: statistics.ratio(a, b),
        again: statistics.ratio(a, b),
        quantiles: kept.length ? quantilesOf(kept, tables.settings.quantiles) : [],
      };
    }),
  words: (cases) =>
    cases.map(([how, value]) => {
      if (how === "meetings") return kitchen.say.meetings(value);
      if (how === "sized") return kitchen.say.sized(...value);
      if (value?.unit === undefined) return kitchen.say.formats[how](numberOf(value));
      const { low, high } = value;
      return kitchen.say.formats[how]({ ...value, low: numberOf(low), high: numberOf(high) });
    }),
  levers: (cases) =>
    cases.map(({ scenario, values }) => {
      try {
        const found = edited(scenario.tables, { set: values, seats: null }, parameter);
        const { title, summary = "", assumed = "" } = found;
        return { ...pack([found], tables, scenario.ties), told: [title, summary, assumed] };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return error.message;
      }
    }),
  cells: toCsv,
  assessments: (cases) =>
    Promise.all(
      cases.map(async ({ asked, given, cases: all, kept }) => {
        const data = { lists: tables, parameter, cases: all, assess: asked };
        const answers = new Answers(asked, given.voices, given.title);
        const start = assessing.startOf(data, given.scenario);
        const { draws: count, replicates, seed } = given;
        const live = (_, points, drawn, whole) => liveDraws(points, drawn, replicates, whole);
        const work = { asked, answers, start, draws: count, replicates, seed, kept, kitchen, live };
        const found = await assessing.assess({ ...work, tell() {}, pause: async () => true });
        const told = { say: kitchen.say, asked, kitchen };
        const tried = (one) => ({ ids: one.changes.map(({ id }) => id), ...one, setting: null });
        return {
          points: found.drawn.points,
          medians: found.drawn.medians(),
          forecast: found.forecast,
          after: found.after,
          shares: found.shares,
          disputes: found.disputes,
          by_partner: found.byPartner.map(({ voice, forecast }) => [voice.partner, forecast]),
          tried: found.tried.map(tried),
          together: found.together && tried(found.together),
          settled: found.settled.map(({ id }) => id),
          against: assessing.advisedAgainst(found),
          apart: Object.fromEntries(asked.questions.map(({ id }) => [id, answers.apart(id)])),
          said: assessed.paragraphs(told, found),
          table: assessed.table(told, found),
          file: allAsToml(answers),
          middle: start.at(found.drawn.medians()),
        };
      }),
    ),
  read: (cases) =>
    cases.map(({ asked, text, name }) => {
      try {
        const { voices, title } = readAnswers(asked, text, name);
        return { voices, title, again: voices.map((voice) => asToml(asked, voice, title || "T")) };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return { fault: error.message };
      }
    }),
  lessons: (cases) =>
    cases.map(({ bases, lesson }) => {
      const tablesOf = (told) => laid(bases[told.base].tables, told.laid);
      const lives = lesson.lives.map((life) =>
        results({
          scenario: { name: life.base, tables: tablesOf(life) },
          seed: lesson.seed,
          runs: lesson.runs,
          reasons: false,
        }),
      );
      const rows = lives.map((one) => taught.rowOf("", one, lesson.answer.measure));
      const asked = lives.filter((_, place) => lesson.lives[place].option === -1);
      return {
        lives: lesson.lives.map(tablesOf),
        cells: lesson.cells.map(tablesOf),
        rows: rows.map(({ estimate, from, to }) => ({ ...estimate, from, to })),
        verdict: taught.verdictOf(lesson, asked),
        said: taught.answerSays(lesson, asked),
        axis: taught.axisOf(kitchen.say, kitchen.measure(lesson.answer.measure)),
      };
    }),
  ways: (answers) => answers.map((answer) => wayOf(kitchen, answer)),
  opened: ({ held, texts }) =>
    texts.map((text) => {
      try {
        return opened(text, tables, held);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return error.message;
      }
    }),
  plays: ({ played, texts, seen_every: every }) => {
    const game = new Game(played);
    const plays = texts.map((text) => readCode(game, text));
    const score = kitchen.column.get("extra_met_over_equal_money_a_year");
    const better = kitchen.column.get("better_off_over_equal_money");
    return game.cases.flatMap((_, number) => {
      // All plays of a case are points of one plan.
      const mine = plays.filter((play) => play.case === number);
      const many = mine.map(({ decisions }) => decisions);
      const plan = packed(game, number, many, tables);
      for (const decisions of many) {
        const slowly = pack([game.tables(number, decisions)], tables);
        slowly.sizes.J = slowly.sizes.B; // kept where nobody is asked to join, too
        const quickly = packed(game, number, [decisions], tables);
        if (JSON.stringify(quickly) !== JSON.stringify(slowly)) throw new Error("packed otherwise");
      }
      const lives = new Lives(kit, plan, tables, { piece: 1, kept });
      return mine.map((play, point) => {
        const { measures } = lives.live(play.luck, 1, game.settings.seed, point, false);
        return {
          code: writeCode(game, play),
          score: measures[score],
          better: measures[better],
          seen: (point % every ? [] : [1, 2, 3, 6, 12]).map((quarter) => seenAt(game, kit, tables, play, quarter)),
        };
      });
    });
  },
  debriefs: ({ played, texts, lucks }) => {
    const game = new Game(played);
    const { say } = kitchen;
    return texts.map((text) => {
      const play = readCode(game, text);
      const lived = (many) => livedPlays(game, play, many);
      const [own, led, best, ...undone] = lived(debriefing.livesOf(game, play));
      let last = null;
      for (let quarter = 0; quarter < game.settings.quarters; quarter += 1) {
        const repaired = lived(debriefing.repairsOf(game, play.decisions, quarter));
        if (repaired.some(({ score }) => score >= 0)) last = quarter;
      }
      const plan = packed(game, play.case, [play.decisions], tables);
      const { measures, width } = new Lives(kit, plan, tables, { piece: lucks }).live(0, lucks, 1);
      const score = kitchen.column.get("extra_met_over_equal_money_a_year");
      const scores = Float64Array.from({ length: lucks }, (_, run) => measures[run * width + score]);
      const seen = (month) => seenAt(game, kit, tables, play, month / 3);
      const months = game.settings.guess_months;
      const handed = months[debriefing.lastGuess(play)];
      return {
        score: debriefing.scoreSays(say, own),
        guesses: debriefing.guessesSay(game, say, play, own),
        effects: debriefing.effectsOf(game, say, play, own, undone),
        led: debriefing.ledSays(say, own, led),
        best: debriefing.bestSays(say, own, best),
        luck: debriefing.luckSays(game, say, play, own, scores),
        turn: debriefing.turnSays(game, say, own, { last }),
        closed: debriefing.closeSays(game, say, play, own, undone),
        hand: debriefing.handIn(game, say, play, own, seen(handed), "so it seemed"),
        years: debriefing.byYear(own.overMoney),
        marked: grantFirst(game, play),
        end: endOf(game, play, own),
        last,
      };
    });
  },
  prices: ({ played, texts }) => {
    const game = new Game(played);
    return texts.map((text) => {
      const play = readCode(game, text);
      const { quarter, action, level } = play.decisions.at(-1);
      const before = play.decisions.slice(0, -1);
      const seen = seenAt(game, kit, tables, play, quarter);
      const one = game.cases[play.case];
      const now = standing(game, one, before, seen);
      return priceOf(game, one, now, game.actions[action].name, level);
    });
  },
  walls: ({ played, texts }) => {
    const game = new Game(played);
    return texts.map((text) => {
      try {
        const { rows, faults, heading } = readWall(game, text);
        const told = rows.map(({ line, who, play }) => [line, who, writeCode(game, play)]);
        return { rows: told, faults, heading };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return error.message;
      }
    });
  },
  codes: ({ played, texts }) => {
    const game = new Game(played);
    return texts.map((text) => {
      try {
        return writeCode(game, readCode(game, text));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return error.message;
      }
    });
  },
  points: (cases) =>
    cases.map(({ scenarios, seed, draws: count }) =>
      draws.drawsOf(tables, scenarios.map(modelOf), seed, count),
    ),
};

const said = {};
for (const [name, cases] of Object.entries(job.work)) said[name] = await WORK[name](cases);
console.log(JSON.stringify(said));
