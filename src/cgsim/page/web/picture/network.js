/**
 * Who works with whom: agencies by name, members joined by the trust between them.
 *
 * @module
 */
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
import { html, useMemo } from "../parts/html.js";
import { useWidth } from "../parts/width.js";

const HEIGHT = 430;
const NARROW = 480;
const LETTER = 7.6; // pixels: how wide a letter of a name is, about
const ROUNDS = 300;
const MOST = 60; // more agencies than this cannot be told apart

/** @typedef {{half: number, above: number, below: number}} Room what an agency needs around its place: half the width of its name, and how far it reaches up and down */

/**
 * Places for agencies that stay the same through all months, with room for every name.
 *
 * @param {Room[]} rooms
 * @param {Float32Array} trust count x count
 * @param {boolean[]} inside who is ever a member
 * @param {number} width
 * @returns {{x: number, y: number}[]}
 */
export function placed(rooms, trust, inside, width) {
  return apart(width < NARROW ? ringed(inside, width) : drawn(trust, inside, width), rooms, width);
}

/**
 * Pushes agencies apart until no name stands on another, along the way that is shorter.
 *
 * @param {{x: number, y: number}[]} places
 * @param {Room[]} rooms
 * @param {number} width
 */
function apart(places, rooms, width) {
  const spots = places.map(({ x, y }, i) => ({ ...rooms[i], x, y }));
  const inBounds = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) => (low > high ? (low + high) / 2 : Math.max(low, Math.min(high, value)));
  for (let round = 0, moved = true; round < ROUNDS && moved; round += 1) {
    moved = false;
    for (const [k, a] of spots.entries()) {
      for (const b of spots.slice(0, k)) {
        const [dx, dy] = [a.x - b.x, a.y + (a.below - a.above) / 2 - b.y - (b.below - b.above) / 2];
        const across = a.half + b.half - Math.abs(dx);
        const down = (a.above + a.below + b.above + b.below) / 2 - Math.abs(dy);
        if (across <= 0 || down <= 0) continue;
        moved = true;
        const way = across < down ? "x" : "y";
        const step = ((way === "x" ? (dx < 0 ? -1 : 1) : dy < 0 ? -1 : 1) * Math.min(across, down)) / 2;
        a[way] += step;
        b[way] -= step;
      }
    }
    for (const one of spots) {
      one.x = inBounds(one.x, one.half, width - one.half);
      one.y = inBounds(one.y, one.above, HEIGHT - one.below);
    }
  }
  return spots.map(({ x, y }) => ({ x, y }));
}

/**
 * Where trust draws them.
 *
 * @param {Float32Array} trust
 * @param {boolean[]} inside
 * @param {number} width
 */
function drawn(trust, inside, width) {
  const count = inside.length;
  const nodes = Array.from({ length: count }, (_, id) => {
    // A ring to begin with, and no chance: the same run is drawn the same way.
    const angle = (2 * Math.PI * id) / count;
    const far = inside[id] ? 110 : 240;
    return { id, x: far * Math.cos(angle), y: far * Math.sin(angle) };
  });
  const links = [];
  for (let a = 0; a < count; a += 1) {
    for (let b = 0; b < a; b += 1) {
      if (!inside[a] || !inside[b]) continue;
      links.push({ source: a, target: b, trust: (trust[a * count + b] + trust[b * count + a]) / 2 });
    }
  }
  forceSimulation(/** @type {any} */ (nodes))
    .force("link", forceLink(links).distance(150).strength((/** @type {any} */ link) => 0.02 + 0.1 * link.trust))
    .force("charge", forceManyBody().strength(-320))
    .force("x", forceX(0).strength((/** @type {any} */ node) => (inside[node.id] ? 0.1 : 0.035)))
    .force("y", forceY(0).strength((/** @type {any} */ node) => (inside[node.id] ? 0.2 : 0.09)))
    .force("apart", forceCollide((/** @type {any} */ node) => (inside[node.id] ? 62 : 44)).iterations(3))
    .stop()
    .tick(220);
  const xs = nodes.map((node) => node.x);
  const ys = nodes.map((node) => node.y);
  const fit = (/** @type {number} */ value, /** @type {number[]} */ all, /** @type {number} */ from, /** @type {number} */ to) => {
    const [low, high] = [Math.min(...all), Math.max(...all)];
    return high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from);
  };
  const edge = Math.min(78, width * 0.14);
  return nodes.map((node) => ({ x: fit(node.x, xs, edge, width - edge), y: fit(node.y, ys, 28, HEIGHT - 40) }));
}

/**
 * Where there is little room: members around a ring, the others below.
 *
 * @param {boolean[]} inside
 * @param {number} width
 */
function ringed(inside, width) {
  const members = inside.filter(Boolean).length;
  const others = inside.length - members;
  let [member, other] = [0, 0];
  return inside.map((is) => {
    if (is) {
      // A height for each, left and right in turn: no name has another at its side.
      const down = (member + 0.5) / members;
      const far = Math.sqrt(1 - (1 - 2 * down) ** 2) * (width / 2 - 62);
      member += 1;
      return { x: width / 2 + (member % 2 ? 1 : -1) * far, y: 24 + 330 * down };
    }
    other += 1;
    return { x: (width * (other - 0.5)) / others, y: HEIGHT - 26 };
  });
}

/**
 * @param {{life: import("../engine/life.js").Lived, month: number, label: string, followed: number | null,
 *   onAgency: (agency: number) => void}} given
 */
export function Network({ life, month, label, followed, onAgency }) {
  const [reference, width] = useWidth(640);
  const count = life.names.length;
  const now = life.months[month];
  const inside = useMemo(() => life.names.map((_, i) => life.months.some((one) => one.members.some((row) => row[i]))), [life]);
  const shown = useMemo(() => {
    const all = life.names.map((_, i) => i);
    return count <= MOST ? all : all.filter((i) => inside[i]).slice(0, MOST);
  }, [life]);
  const largest = Math.max(...life.capacity);
  const narrow = width < NARROW;
  const most = narrow ? 15 : Math.max(10, Math.floor(width / 24));
  const named = (/** @type {number} */ i) => !narrow || inside[i];
  const sized = (/** @type {number} */ i) => (named(i) ? 7 + 10 * Math.sqrt(life.capacity[i] / largest) : 6);
  const places = useMemo(() => {
    const trust = new Float32Array(shown.length * shown.length);
    const last = life.months[life.months.length - 1].trust;
    shown.forEach((a, row) => shown.forEach((b, column) => (trust[row * shown.length + column] = last[a * count + b])));
    const rooms = shown.map((i) => {
      const radius = sized(i) + 6;
      if (!named(i)) return { half: radius, above: radius, below: radius };
      return { half: Math.max(radius, (Math.min(most, life.names[i].length) * LETTER) / 2 + 3), above: radius, below: sized(i) + 24 };
    });
    return placed(rooms, trust, shown.map((i) => inside[i]), width);
  }, [life, width]);
  const member = (/** @type {number} */ i) => now.members.some((row) => row[i]);
  const leads = (/** @type {number} */ i) => now.leads.includes(i);
  const links = [];
  for (let a = 0; a < shown.length; a += 1) {
    for (let b = 0; b < a; b += 1) {
      if (!now.members.some((row) => row[shown[a]] && row[shown[b]])) continue;
      const trust = (now.trust[shown[a] * count + shown[b]] + now.trust[shown[b] * count + shown[a]]) / 2;
      links.push(html`<line key=${`${a}-${b}`} x1=${places[a].x} y1=${places[a].y} x2=${places[b].x} y2=${places[b].y} stroke="var(--gains)" stroke-opacity=${0.12 + 0.7 * trust} stroke-width=${0.6 + 3.4 * trust} />`);
    }
  }
  return html`<div ref=${reference}>
    <svg role="img" aria-label=${label} width=${width} height=${HEIGHT} class="network">
      ${links}
      ${shown.map((i, place) => {
        const { x, y } = places[place];
        const radius = sized(i);
        const name = life.names[i];
        return html`<g key=${i} transform=${`translate(${x},${y})`} onClick=${() => onAgency(i)} style=${{ cursor: "pointer" }}>
          <title>${name}</title>
          ${followed === i && html`<circle r=${radius + 9} fill="none" stroke="var(--focus)" stroke-width="2.5" stroke-dasharray="4 3" />`}
          ${leads(i) && html`<circle r=${radius + 5} fill="none" stroke="var(--money)" stroke-width="3" />`}
          <circle r=${radius} fill=${member(i) ? "var(--gains)" : "var(--card)"} stroke=${member(i) ? "var(--card)" : "var(--alone)"} stroke-width="2" />
          ${named(i) && html`<text y=${radius + 16} text-anchor="middle" stroke="var(--card)" stroke-width="3" stroke-linejoin="round" paint-order="stroke" style=${{ fill: member(i) ? "var(--ink)" : "var(--quiet)", fontWeight: leads(i) ? 700 : 400 }}>${name.length > most ? `${name.slice(0, most - 1)}…` : name}</text>`}
        </g>`;
      })}
    </svg>
    <ul class="keys quiet">
      <li><span class="swatch" style=${{ background: "var(--gains)", borderRadius: "50%" }}></span>member</li>
      <li><span class="swatch" style=${{ border: "2px solid var(--alone)", borderRadius: "50%" }}></span>working alone</li>
      <li><span class="swatch" style=${{ border: "3px solid var(--money)", borderRadius: "50%" }}></span>leads</li>
      <li>larger: more hours; thicker line: more trust</li>
      ${shown.length < count && html`<li>${shown.length} of ${count} agencies are drawn</li>`}
    </ul>
  </div>`;
}
