"use strict";
const { questions, unknown, title } = JSON.parse(document.getElementById("data").textContent);
const form = document.getElementById("questions");
const at = (id) => document.getElementById(id);
let saved = true;

// By name: a question may be called as one of the list's own properties.
const radios = (question) => form.elements.namedItem(question);
const chosen = (question) => radios(question).value;
const open = () => questions.filter((question) => chosen(question) === "");

// A name may not hold control characters or marks that turn the direction of writing.
const clean = (text, otherwise) =>
  text.replace(/[\p{C}\u2028\u2029]/gu, "").trim() || otherwise;

// JSON's way to write a text is also TOML's.
const line = (key, value) => `${key} = ${JSON.stringify(value)}\n`;

function tell() {
  const left = open().length;
  const done = questions.length - left;
  at("left").textContent = left
    ? `${done} of ${questions.length} questions answered. What is left open counts as “I don’t know”.`
    : `All ${questions.length} questions answered.`;
  at("next").hidden = left === 0;
}

// The answers as a file: its name and its text.
function file() {
  const partner = clean(at("partner").value, "Our organisation");
  let text = line("title", clean(at("title").value, title)) + line("partner", partner);
  text += "\n[answers]\n";
  for (const question of questions) text += line(question, chosen(question) || unknown);
  const plain = partner.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return [`answers-${plain || "partner"}.toml`, text];
}

function save() {
  const [name, text] = file();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  saved = true;
  at("told").textContent = `Saved as ${name}, where your browser keeps downloads.`;
}

form.addEventListener("change", () => {
  saved = false;
  at("told").textContent = "";
  tell();
});
form.addEventListener("submit", (event) => event.preventDefault());
at("save").addEventListener("click", save);
at("next").addEventListener("click", () => {
  const [first] = open();
  if (first) radios(first)[0].focus();
});
addEventListener("beforeunload", (event) => {
  if (!saved) event.preventDefault();
});
tell();
