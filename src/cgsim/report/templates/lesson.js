"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const isChoice = data.choices.length > 0;
  const bets = [];
  let open = true;

  function plain(value) { return String(Math.round(value * 10) / 10); }
  function counted(count, one, many) { return count + " " + (count === 1 ? one : many); }

  // The bet that is set in the form, or null where there is none.
  function given() {
    if (isChoice) {
      const chosen = document.querySelector("input[name=choice]:checked");
      return chosen ? Number(chosen.value) : null;
    }
    const field = find("number");
    const value = Number(field.value);
    const fits = field.value.trim() !== "" && Number.isFinite(value);
    return fits && value >= data.low && value <= data.high ? value : null;
  }

  function show(text) {
    find("back").disabled = !open || bets.length === 0;
    find("reveal").disabled = !open || bets.length === 0;
    find("place").disabled = !open;
    find("status").textContent = text;
  }

  function standing() {
    return bets.length === 0 ? "No bet yet." : counted(bets.length, "bet placed.", "bets placed.");
  }

  find("bet").addEventListener("submit", function (event) {
    event.preventDefault();
    if (!open) { return; }
    const bet = given();
    if (bet === null) {
      show((isChoice ? "Choose one first. " : "A number from " + data.low + " to " + data.high +
        " is needed. ") + standing());
      return;
    }
    bets.push(bet);
    if (isChoice) {
      document.querySelector("input[name=choice]:checked").checked = false;
    } else {
      find("number").value = "";
    }
    show(standing() + " The next person can bet, or reveal.");
  });
  find("back").addEventListener("click", function () {
    bets.pop();
    show("The last bet is taken back. " + standing());
  });

  function line(parent, kind, text) {
    const made = document.createElement(kind);
    made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  function judgeChoices(place) {
    const right = bets.filter((bet) => bet === data.right).length;
    if (bets.length === 1) {
      line(place, "p", right ? "The bet was right." : "The bet was not right. It was: " +
        data.choices[bets[0]] + ".");
      return;
    }
    line(place, "p", right + " of " + bets.length + " bets " + (right === 1 ? "was" : "were") +
      " right.");
    const list = line(place, "ul", "");
    data.choices.forEach(function (choice, number) {
      const count = bets.filter((bet) => bet === number).length;
      line(list, "li", choice + ": " + counted(count, "bet", "bets"));
    });
  }

  function judgeNumbers(place) {
    const near = bets.filter((bet) => Math.abs(bet - data.answer) <= data.near).length;
    const within = " (within " + data.near + " of " + data.answer.toFixed(1) + ")";
    if (bets.length === 1) {
      line(place, "p", "The bet was " + plain(bets[0]) + " " + data.unit + ". That was " +
        (near ? "near" : "not near") + within + ".");
      return;
    }
    const sorted = bets.slice().sort((a, b) => a - b);
    const half = Math.floor(sorted.length / 2);
    const middle = sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    line(place, "p", near + " of " + bets.length + " bets " + (near === 1 ? "was" : "were") +
      " near" + within + ". The bets ran from " + plain(sorted[0]) + " to " +
      plain(sorted[sorted.length - 1]) + "; the middle one was " + plain(middle) + " " +
      data.unit + ".");
  }

  find("reveal").addEventListener("click", function () {
    if (bets.length === 0) { return; }
    open = false;
    (isChoice ? judgeChoices : judgeNumbers)(find("verdict"));
    find("result").hidden = false;
    document.querySelectorAll("#bet input").forEach(function (input) { input.disabled = true; });
    show(standing() + " The answer stands below.");
    find("result-heading").focus();
    find("result-heading").scrollIntoView();
  });

  const options = Array.from(document.querySelectorAll("button.option"));
  options.forEach(function (button) {
    button.addEventListener("click", function () {
      const opened = button.getAttribute("aria-pressed") !== "true";
      options.forEach(function (other) {
        const on = other === button && opened;
        other.setAttribute("aria-pressed", String(on));
        find(other.getAttribute("aria-controls")).hidden = !on;
      });
      if (opened) {
        find(button.getAttribute("aria-controls")).querySelector("h3").focus();
        find("try-heading").scrollIntoView();
      }
    });
  });

  const selects = data.sizes.map((size, place) => find("axis" + place));
  // A setting that is chosen stays covered until its result is asked for.
  function showCell(guessed) {
    let cell = 0;
    selects.forEach(function (select, place) {
      cell = cell * data.sizes[place] + Number(select.value);
    });
    find("cell").textContent = guessed ? data.cells[cell] : "Guess first.";
    document.querySelectorAll("g.chosen").forEach((mark) => mark.classList.remove("chosen"));
    document.querySelectorAll('g[id$="-cell-' + cell + '"]').forEach(function (mark) {
      mark.classList.add("chosen");
    });
  }
  if (selects.length > 0) {
    selects.forEach((select) => select.addEventListener("change", () => showCell(false)));
    find("play").addEventListener("submit", function (event) {
      event.preventDefault();
      showCell(true);
    });
    showCell(false);
  }

  const notes = find("notes");
  if (notes) {
    notes.addEventListener("click", function () {
      const text = find("notes-text");
      text.hidden = !text.hidden;
      notes.setAttribute("aria-expanded", String(!text.hidden));
      notes.textContent = text.hidden ? "Show the notes" : "Hide the notes";
    });
  }
})();
