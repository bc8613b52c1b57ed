/** Members: who they are, in a table that can be changed or pasted; who gains and who pays. */
import { valueWords } from "../../answer/build.js";
import { lifeOf } from "../../engine/life.js";
import { Field } from "../../parts/field.js";
import { html, useEffect, useMemo, useRef, useState } from "../../parts/html.js";
import { valueIn } from "../../answer/record.js";
import { kept } from "../../parts/page.js";
import { Mark } from "../../parts/words.js";
import { measureOf } from "../../answer/build.js";
import { Ranked } from "../../picture/ranked.js";
import { Fault, numberTyped, seatsOf } from "../../scenario/edits.js";
import { pack } from "../../scenario/pack.js";
import { objectiveNames, partnershipsOf, skillNames } from "../../scenario/tables.js";
import { Figure, Was } from "../answer/answer.js";
import { DRAWN, pasted } from "./paste.js";

/** @typedef {import("../../parts/page.js").Page} Page */
/** @typedef {import("../../scenario/edits.js").Seat} Seat */

/** @param {{page: Page}} given */
export function MembersRoom({ page }) {
  const { tables, state, store } = page;
  const [fault, setFault] = useState("");
  // Kept here: the table that takes the place of what is drawn is another part of the page.
  const [read, setRead] = useState({ told: "", seats: /** @type {Seat[]} */ ([]) });
  const partnerships = partnershipsOf(tables);
  if (partnerships.length !== 1) {
    return html`<section class="card"><h2>Members</h2><p>${partnerships.length === 0 ? "There is no partnership here." : "Several partnerships share this area; their members are in the scenario's file, under Take away."}</p></section>
      <div style=${{ height: "16px" }}></div><${Gains} page=${page} />`;
  }
  const [first] = partnerships;
  const named = state.seats !== null || first.recruit === "names" || (first.recruit === "all" && (tables.agency ?? []).length > 1);
  const take = (/** @type {Seat[]} */ seats) => {
    // The number of members follows from the table.
    const without = (/** @type {Record<string, number>} */ { size: _, recruit: __, ...set }) => set;
    const beside = Object.fromEntries(/** @type {const} */ (["other", "third"]).flatMap((key) => (state[key]?.own ? [[key, { ...state[key], set: without(state[key].set) }]] : [])));
    const why = store.set({ seats, set: without(state.set), agency: null, ...beside });
    setFault(why);
    return why;
  };
  const seen = { ...page, result: page.shown, old: page.shown !== page.result };
  const { answer } = seen.result;
  return html`<div class="stack members-room">
    <div class="strip" role="group" aria-label="The answer" aria-live="polite"><${Figure} page=${seen} />${answer && html`<p class="small quiet of">${ofWhat(page, answer)}</p>`}<${Was} page=${seen} /></div>
    <section class="card" aria-label="The members">
      <h2>The members of ${first.name}</h2>
      ${fault && html`<p class="fault" role="alert">${fault}</p>`}
      <${Numbered} page=${page} onFault=${setFault} />
      ${named ? html`<${Seats} page=${page} take=${take} onFault=${setFault} read=${state.seats === read.seats ? read.told : ""} onRead=${setRead} />` : html`<${Unnamed} page=${page} take=${take} onRead=${setRead} />`}
    </section>
    <${Gains} page=${page} />
  </div>`;
}

/** What an answer's figure is, and of what. @param {Page} page @param {any} answer */
function ofWhat({ kitchen }, answer) {
  const [words, , , of] = valueWords(kitchen, valueIn(answer, answer.measure));
  return `${words}, ${of}`;
}

/** @param {{page: Page, take: (seats: Seat[]) => string, onRead: (read: {told: string, seats: Seat[]}) => void}} given */
function Unnamed({ page, take, onRead }) {
  const { tables, kit, data, given, result, state } = page;
  const [first] = partnershipsOf(tables);
  const how = { fit: "by the skills they add", random: "at random", ties: "among those tied to the lead first", all: "all of them" }[String(first.recruit)] ?? "";
  const name = () => {
    const life = lifeOf(kit, pack([tables], data.lists, given.ties), result.about.agency_names, data.seed, state.run);
    const begun = life.months.find((month) => month.members[0]?.some(Boolean));
    const skills = skillNames(tables);
    /** @type {Seat[]} */
    const seats = [];
    life.names.forEach((agency, i) => {
      if (!begun?.members[0][i]) return;
      const row = [...life.skill.subarray(i * life.skills, (i + 1) * life.skills)];
      seats.push({
        name: agency.startsWith("agency ") ? `Member ${seats.length + 1}` : agency,
        hours: Math.round(life.capacity[i]),
        skill: skills[row.indexOf(Math.max(...row))],
        senior: null,
        operational: null,
        goals: null,
        member: true,
        lead: begun.leads[0] === i,
      });
    });
    take(seats);
  };
  return html`<p>The ${first.size ?? ""} members of this partnership are found anew in every run ${how}, and so are their hours and skills. To try your own members, name them: begin with those of run ${state.run}, or paste a list.</p>
    <p class="row"><button class="main" disabled=${!kit} onClick=${name}>Name the members of run ${state.run}</button></p>
    <${Paste} page=${page} take=${take} seats=${[]} onRead=${onRead} />`;
}

/** Said where skills or goals are numbered; skills can be named. @param {{page: Page, onFault: (fault: string) => void}} given */
function Numbered({ page, onFault }) {
  const { given, tables, say } = page;
  const [skills, goals] = [skillNames(given.tables), objectiveNames(given.tables)];
  const plain = (/** @type {string[]} */ names, /** @type {string} */ kind) => names.every((name, place) => name === `${kind} ${place + 1}`);
  const [bare, without] = [plain(skills, "skill"), plain(goals, "objective")];
  if (!bare && !without) return null;
  const id = bare && without ? "numbered" : bare ? "numbered_skills" : "numbered_goals";
  return html`<p class="small quiet" style=${{ margin: "6px 0" }}>${say.word(`live_member.${id}`, { skills: skills.length, goals: goals.length })}</p>
    ${bare && html`<${Kinds} page=${page} given=${skills} names=${skillNames(tables)} onFault=${onFault} />`}`;
}

/** What the kinds of skill are called. @param {{page: Page, given: string[], names: string[], onFault: (fault: string) => void}} given */
function Kinds({ page, given, names, onFault }) {
  const { say, state, store } = page;
  const put = (/** @type {number} */ place, /** @type {string} */ typed) => {
    const next = names.map((name, k) => (k === place ? typed.trim() || given[k] : name));
    const seats = state.seats?.map((seat) => ({ ...seat, skill: seat.skill === names[place] ? next[place] : seat.skill })) ?? null;
    onFault(store.set({ skills: String(next) === String(given) ? null : next, seats }));
  };
  return html`<details class="kinds">
    <summary>${say.word("live_member.kinds")}</summary>
    <p class="small quiet" style=${{ margin: "6px 0" }}>${say.word("live_member.kinds_how")}</p>
    <ul>${given.map((kind, place) => html`<li key=${kind}><label class="small quiet" for=${`kind-${place}`}>${kind}</label>
      <${Field} id=${`kind-${place}`} type="text" maxlength="80" placeholder=${kind} value=${names[place] === kind ? "" : names[place]} onDone=${(/** @type {HTMLInputElement} */ { value }) => put(place, value)} /></li>`)}</ul>
  </details>`;
}

/** @param {{page: Page, take: (seats: Seat[]) => string, onFault: (fault: string) => void, read: string, onRead: (read: {told: string, seats: Seat[]}) => void}} given `read`: what is told of rows that were just pasted */
function Seats({ page, take, onFault, read, onRead }) {
  const { tables, data, say } = page;
  const seats = page.state.seats ? withSize(page) : seatsOf(tables);
  const skills = skillNames(tables);
  const objectives = objectiveNames(tables);
  const put = (/** @type {number} */ row, /** @type {Partial<Seat>} */ change) => take(seats.map((seat, place) => (place === row ? { ...seat, ...change } : seat)));
  const number = (/** @type {number} */ row, /** @type {keyof Seat} */ key, /** @type {string} */ label) => {
    const value = /** @type {number | null} */ (seats[row][key]);
    return html`<td data-label=${label.split(" of ")[0]}><${Field} type="text" inputmode="decimal" aria-label=${label} value=${value ?? ""} placeholder="drawn" onDone=${(/** @type {HTMLInputElement} */ { value: typed }) => {
      try {
        put(row, { [key]: typed.trim() === "" ? null : numberTyped(`members, row ${row + 1}: ${key}`, typed, data.parameter(key === "hours" ? "capacity" : key)) });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        onFault(error.message);
      }
    }} /></td>`;
  };
  const add = () => {
    let count = seats.length + 1;
    while (seats.some((seat) => seat.name === `Member ${count}`)) count += 1;
    take([...seats, { name: `Member ${count}`, hours: null, skill: null, senior: null, operational: null, goals: null, member: true, lead: false }]);
  };
  const lead = (/** @type {number} */ row) => take(seats.map((seat, place) => ({ ...seat, lead: place === row, member: seat.member || place === row })));
  return html`<div class="scroll"><table class="seats">
      <thead><tr><th scope="col">name</th><th scope="col">hours a month</th><th scope="col">skill</th><th scope="col">${say.word("live_member.goal")} <${Mark} title=${say.word("live_member.goal")} text=${say.word("live_member.goal_help")} /></th><th scope="col">managers' buy-in, 0 to 1 <${Mark} title="managers' buy-in" text=${data.parameter("senior").help} /></th><th scope="col">front line's buy-in, 0 to 1 <${Mark} title="front line's buy-in" text=${data.parameter("operational").help} /></th><th scope="col">member</th><th scope="col">leads</th><th scope="col"><span class="hidden">remove</span></th></tr></thead>
      <tbody>
        ${seats.map((seat, row) => html`<tr key=${row}>
          <td><${Field} type="text" aria-label=${`name, row ${row + 1}`} value=${seat.name} maxlength="80" onDone=${(/** @type {HTMLInputElement} */ { value }) => put(row, { name: value.trim() })} /></td>
          ${number(row, "hours", `hours a month of ${seat.name}`)}
          <td data-label="skill"><select aria-label=${`skill of ${seat.name}`} value=${seat.skill ?? ""} onChange=${(/** @type {any} */ event) => put(row, { skill: event.currentTarget.value || null })}>
            <option value="">drawn</option>
            ${skills.map((skill) => html`<option key=${skill} value=${skill}>${skill}</option>`)}
          </select></td>
          <td class="wide" data-label=${say.word("live_member.goal")}><${Goal} label=${say.word("live_member.goal_of", { name: seat.name })} say=${say} objectives=${objectives} goals=${seat.goals} onGoals=${(/** @type {number[] | null} */ goals) => put(row, { goals })} /></td>
          ${number(row, "senior", `managers' buy-in of ${seat.name}`)}
          ${number(row, "operational", `front line's buy-in of ${seat.name}`)}
          <td class="tick" data-label="member"><input type="checkbox" aria-label=${`${seat.name} is a member`} checked=${seat.member} onChange=${(/** @type {any} */ event) => {
            const member = event.currentTarget.checked;
            // What is refused must not stay ticked.
            if (put(row, { member, lead: seat.lead && member })) event.currentTarget.checked = seat.member;
          }} /></td>
          <td class="tick" data-label="leads"><input type="radio" name="lead" aria-label=${`${seat.name} leads`} checked=${seat.lead} onChange=${() => lead(row)} /></td>
          <td><button aria-label=${`remove ${seat.name}`} onClick=${() => take(seats.filter((_, place) => place !== row))}>×</button></td>
        </tr>`)}
      </tbody>
    </table></div>
    <p class="row" style=${{ marginTop: "10px" }}><button onClick=${add}>Add a member</button>
      <span class="small quiet">What is left empty is drawn anew in every run. Who is not a member stays in the area and works alone.</span></p>
    <${Lead} say=${say} seats=${seats} read=${read} onLead=${lead} />
    <${Paste} page=${page} take=${take} seats=${seats} onRead=${onRead} />`;
}

/** Who leads, to be chosen, and what the model does where nobody is marked. @param {{say: import("../../answer/formats.js").Catalogue, seats: Seat[], read: string, onLead: (row: number) => void}} given */
function Lead({ say, seats, read, onLead }) {
  /** @type {{current: HTMLElement | null}} */
  const told = useRef(null);
  // Rows are pasted below: what was read of them, and the choice that is left, come into sight.
  useEffect(() => void (read && told.current?.scrollIntoView({ block: "center" })), [read]);
  const row = seats.findIndex((seat) => seat.lead);
  const said = row < 0 ? say.word("live_member.lead_none") : read && say.word("live_member.leads", { name: seats[row].name });
  return html`<p ref=${told} role="status" class=${read ? "" : "small"} style=${{ marginTop: "10px" }}>${[read, said].filter(Boolean).join(" ")}</p>
    <p class="row" style=${{ marginTop: "6px" }}><label class="small quiet" for="who-leads">${say.word("live_member.lead")}</label>
      <select id="who-leads" value=${row} onChange=${(/** @type {any} */ event) => onLead(Number(event.currentTarget.value))}>
        <option value="-1">${say.word("live_member.lead_nobody")}</option>
        ${seats.map((seat, place) => seat.member && html`<option key=${seat.name} value=${place}>${seat.name}</option>`)}
      </select></p>`;
}

/**
 * What a member is for: one objective, all alike, or the shares that its scenario gives.
 *
 * @param {{label: string, say: import("../../answer/formats.js").Catalogue, objectives: string[], goals: number[] | null, onGoals: (goals: number[] | null) => void}} given
 */
function Goal({ label, say, objectives, goals, onGoals }) {
  const count = objectives.length;
  const ways = objectives.map((name, place) => ({ words: name, goals: objectives.map((_, k) => Number(k === place)) }));
  if (count > 1) ways.push({ words: say.word("live_member.goal_all"), goals: new Array(count).fill(1 / count) });
  const shares = (goals ?? []).map((weight, k) => ({ name: objectives[k], weight })).filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight);
  // Shares that a scenario gives stay as they are until something else is chosen.
  if (goals && !ways.some((way) => String(way.goals) === String(goals))) ways.push({ words: say.word("live_member.goal_most", shares[0]), goals });
  const chosen = ways.findIndex((way) => String(way.goals) === String(goals));
  return html`<select aria-label=${label} title=${shares.map(({ name, weight }) => `${name} ${say.percent(weight, 0)}`).join(", ")} value=${chosen} onChange=${(/** @type {any} */ event) => onGoals(ways[Number(event.currentTarget.value)]?.goals ?? null)}>
    <option value="-1">${say.word("live_member.drawn")}</option>
    ${ways.map(({ words }, place) => html`<option key=${words} value=${place}>${words}</option>`)}
  </select>`;
}

/** The table where a lever has changed the number of members since. @param {Page} page @returns {Seat[]} */
function withSize(page) {
  const members = new Set(partnershipsOf(page.tables)[0].members);
  return /** @type {Seat[]} */ (page.state.seats).map((seat) => ({ ...seat, member: members.has(seat.name), lead: seat.lead && members.has(seat.name) }));
}

/** @param {{page: Page, take: (seats: Seat[]) => string, seats: Seat[], onRead: (read: {told: string, seats: Seat[]}) => void}} given */
function Paste({ page, take, seats, onRead }) {
  const { say, data, tables, state } = page;
  const [text, setText] = useState("");
  const [fault, setFault] = useState("");
  const [skills, objectives] = [skillNames(tables), objectiveNames(tables)];
  const go = (/** @type {boolean} */ anew) => {
    try {
      const found = pasted(text, anew ? [] : seats, { skills, objectives, parameter: data.parameter });
      const why = take(found.seats);
      setFault(why);
      if (why) return;
      setText("");
      const numbers = { rows: found.rows, all: found.seats.length, columns: found.given, open: found.open };
      const left = anew && found.open.length > 0;
      const said = [say.word(anew ? "live_member.read_anew" : "live_member.read_into", numbers), left && say.word("live_member.read_open", numbers)];
      onRead({ told: said.filter(Boolean).join(" "), seats: found.seats });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      setFault(error.message);
    }
  };
  return html`<details style=${{ marginTop: "10px" }} open=${state.panel === "paste"}>
    <summary>${say.word("live_member.paste")}</summary>
    <p class="small quiet" style=${{ margin: "6px 0" }}>${say.word("live_member.paste_how")}</p>
    <dl class="named small quiet" style=${{ margin: "6px 0" }}>
      <dt>${say.word("live_member.skill")}</dt><dd>${[...skills, DRAWN].join(", ")}</dd>
      <dt>${say.word("live_member.goal")}</dt><dd>${say.word("live_member.paste_goals", { goals: objectives.join(", ") })}</dd>
      <dt>${say.word("live_member.buy_in")}</dt><dd>${say.word("live_member.paste_shares")}</dd>
    </dl>
    <textarea aria-label=${say.word("live_member.paste_rows")} value=${text} onInput=${(/** @type {any} */ event) => setText(event.currentTarget.value)} placeholder=${"Library service\t120\nYouth work\t80"}></textarea>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    <p class="row" style=${{ marginTop: "6px" }}>
      <button disabled=${!text.trim()} onClick=${() => go(true)}>${say.word("live_member.paste_anew")}</button>
      ${seats.length > 0 && html`<button disabled=${!text.trim()} onClick=${() => go(false)}>${say.word("live_member.paste_into")}</button>`}
    </p>
  </details>`;
}

/** What members gain by their own goals, over the same money where hours were bought, those that gain most first; empty where they are not known by name. @param {Page} page */
export function ranked({ kitchen, result: { runs, members, about } }) {
  if (!runs || !members) return [];
  const count = about.agency_names.length;
  const { founders } = /** @type {any} */ (runs.lived);
  const gains = measureOf(runs) === "gain" ? members.own_gain : members.own_gain_over_money;
  return about.agency_names
    .map((name, i) => {
      const own = [];
      for (let run = 0; run < runs.count; run += 1) {
        if (founders[run * count + i]) own.push(gains[run * count + i]);
      }
      return { name, runs: own.length, estimate: kitchen.statistics.mean(own) };
    })
    .filter((row) => row.runs > runs.count / 2)
    .sort((a, b) => b.estimate.value - a.estimate.value);
}

/** Who gains and who pays. @param {{page: Page}} given */
export function Gains({ page }) {
  const { result, say } = page;
  const { members, runs } = result;
  const rows = useMemo(() => ranked(page), [members]);
  // Against what is known once they have been lived.
  const head = runs && say.word(measureOf(runs) === "gain" ? "live_member.gains_head" : "live_member.gains_head_money");
  return html`<section class="card" aria-label="Who gains and who pays">
    <h2>${head || "Who gains and who pays"}</h2>
    ${rows.length > 0
      ? html`<${Ranked} rows=${rows.map((row) => ({ name: row.name, value: row.estimate.value, low: row.estimate.low, high: row.estimate.high, words: kept(`${say.signed(row.estimate.value)}`) }))} label=${rows.map((row) => say.word("live_member.gains", { name: row.name, gain: row.estimate.value })).join(" ")} />
          <p class="small" style=${{ marginTop: "8px" }}>${say.word("live_member.gains_by")}</p>
          <p class="small quiet" style=${{ marginTop: "8px" }}>Bars: the mean of ${runs?.count} runs, with its 95 % interval.</p>`
      : html`<p class="quiet">${members ? "Other members are found in every run, so none can be ranked by name." : "…"}</p>`}
  </section>`;
}
