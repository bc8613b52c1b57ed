"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SVG = "http://www.w3.org/2000/svg";
  const last = data.months.length - 1;
  let now = 0;
  let timer = null;

  const by = (id) => document.getElementById(id);
  const slider = by("month");
  const button = by("play");

  function make(parent, tag, attributes, text) {
    const element = document.createElementNS(SVG, tag);
    for (const key of Object.keys(attributes)) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    parent.appendChild(element);
    return element;
  }

  // The network: lines below, agencies above.
  const lines = data.pairs.map(([a, b]) => make(by("ties"), "line", {
    x1: data.agencies[a].x, y1: -data.agencies[a].y,
    x2: data.agencies[b].x, y2: -data.agencies[b].y,
  }));
  const nodes = data.agencies.map((agency) => {
    const group = make(by("agencies"), "g", {});
    make(group, "title", {}, agency.number + " " + agency.name);
    const shape = make(group, "rect", {
      x: agency.x - agency.r, y: -agency.y - agency.r,
      width: 2 * agency.r, height: 2 * agency.r,
    });
    const label = make(group, "text", { x: agency.x, y: -agency.y + 0.026 }, agency.number);
    return { shape, label, r: agency.r };
  });

  // The lines over time: drawn once, uncovered month by month.
  const chart = data.chart;
  const left = chart.left, right = chart.width - chart.right;
  const x = (place) => left + (right - left) * (last > 0 ? place / last : 0);
  const values = data.met.concat(data.alone).filter((value) => value !== null);
  const low = Math.min(...values), high = Math.max(...values);
  const span = high - low || 1;
  const y = (value) => chart.height - chart.below -
    (chart.height - chart.below - chart.above) * (value - low) / span;
  function path(series, until) {
    let text = "";
    for (let place = 0; place <= until; place += 1) {
      if (series[place] === null) continue;
      text += (text ? "L" : "M") + x(place).toFixed(1) + " " + y(series[place]).toFixed(1);
    }
    return text;
  }
  const axis = by("axis");
  make(axis, "line", { x1: left, x2: left, y1: chart.above, y2: chart.height - chart.below });
  make(axis, "line", { x1: left, x2: right, y1: chart.height - chart.below,
    y2: chart.height - chart.below });
  for (const value of [low, (low + high) / 2, high]) {
    make(axis, "text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" },
      Math.round(value).toLocaleString("en"));
  }
  make(axis, "text", { x: right, y: chart.height - 6, "text-anchor": "end" },
    "month " + data.months[last]);
  make(axis, "text", { x: left, y: chart.height - 6 }, "month " + Math.max(0, data.months[0]));

  const number = (value) => value === null ? "–" : Math.round(value).toLocaleString("en");
  const share = (value) => value === null ? "–" : Math.round(100 * value) + " %";
  const rows = data.rows.map((place) => {
    const row = by("row-" + place);
    return { place, state: row.querySelector(".state"), gives: row.querySelector(".gives") };
  });

  function show(place) {
    now = Math.max(0, Math.min(last, place));
    const frame = data.frames[now];
    lines.forEach((line, pair) => {
      const joint = frame.joint[pair] === "1";
      const trust = frame.trust[pair] / 100;
      line.setAttribute("class", joint ? "joint" : "tie");
      line.style.strokeWidth = joint ? 0.004 + 0.035 * trust * trust : 0.005;
    });
    nodes.forEach((node, agency) => {
      const kind = frame.kind[agency];
      node.shape.setAttribute("class", kind === "0" ? "out" : "in");
      node.shape.setAttribute("rx", kind === "2" ? 0 : node.r);
      node.label.setAttribute("class", kind === "0" ? "out" : "in");
    });
    by("line-alone").setAttribute("d", path(data.alone, now));
    by("line-together").setAttribute("d", path(data.met, now));
    for (const [name, series] of [["together", data.met], ["alone", data.alone]]) {
      const value = series[now];
      const dot = by("dot-" + name);
      dot.style.display = value === null ? "none" : "";
      dot.setAttribute("cx", x(now));
      dot.setAttribute("cy", y(value === null ? low : value));
      by("bar-" + name).style.width = value === null ? "0" : 100 * value / (high || 1) + "%";
      by("met-" + name).textContent = number(value);
    }
    by("gain").textContent = data.more[now];
    by("settled").textContent = share(frame.settled);
    by("state").textContent = frame.state;
    for (const row of rows) {
      const kind = frame.kind[row.place];
      row.state.textContent = kind === "0" ? "not in" : kind === "2" ? "member, leads" : "member";
      row.gives.textContent = share(frame.gives[row.place]);
    }
    const text = data.months[now] < 0 ? "before the first month" : "month " + data.months[now];
    by("when").textContent = text;
    slider.value = now;
    slider.setAttribute("aria-valuetext", text + ", " + frame.state);
  }

  function stop() {
    if (timer !== null) window.clearInterval(timer);
    timer = null;
    button.textContent = "Play";
    by("when").setAttribute("aria-live", "polite");
  }

  function play() {
    if (now >= last) show(0);
    button.textContent = "Pause";
    by("when").setAttribute("aria-live", "off"); // a month a moment is too much to be told
    timer = window.setInterval(() => {
      if (now >= last) stop(); else show(now + 1);
    }, Number(by("speed").value));
  }

  const toggle = () => timer === null ? play() : stop();
  button.addEventListener("click", toggle);
  by("back").addEventListener("click", () => { stop(); show(now - 1); });
  by("on").addEventListener("click", () => { stop(); show(now + 1); });
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  by("speed").addEventListener("change", () => { if (timer !== null) { stop(); play(); } });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const tag = event.target.tagName;
    if (tag === "INPUT" || tag === "SELECT") return; // they know what to do with keys
    const moves = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last };
    if (event.key in moves) {
      stop();
      show(moves[event.key]);
      event.preventDefault();
    } else if (event.key === " " && tag !== "BUTTON" && tag !== "SUMMARY") {
      toggle();
      event.preventDefault();
    }
  });
  slider.max = last;
  by("player").hidden = false;
  show(0);
})();
