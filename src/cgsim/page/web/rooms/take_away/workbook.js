/**
 * A workbook for spreadsheets (.xlsx): a stored zip of the few parts that it needs.
 *
 * @module
 */
import { crc32 } from "../../scenario/zipped.js";

/** @param {Record<string, string>} files @returns {Blob} a zip in which nothing is compressed */
function zip(files) {
  const encoder = new TextEncoder();
  /** @type {Uint8Array[]} */
  const parts = [];
  /** @type {Uint8Array[]} */
  const listed = [];
  let at = 0;
  const numbers = (/** @type {[number, number][]} */ given) => {
    const view = new DataView(new ArrayBuffer(given.reduce((sum, [size]) => sum + size, 0)));
    let place = 0;
    for (const [size, value] of given) {
      if (size === 2) view.setUint16(place, value, true);
      else view.setUint32(place, value, true);
      place += size;
    }
    return new Uint8Array(view.buffer);
  };
  for (const [path, text] of Object.entries(files)) {
    const name = encoder.encode(path);
    const data = encoder.encode(text);
    /** @type {[number, number][]} */
    const common = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 0x21], [4, crc32(data)], [4, data.length], [4, data.length], [2, name.length], [2, 0]];
    const head = numbers([[4, 0x04034b50], ...common]);
    listed.push(numbers([[4, 0x02014b50], [2, 20], ...common, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]), name);
    parts.push(head, name, data);
    at += head.length + name.length + data.length;
  }
  const size = listed.reduce((sum, part) => sum + part.length, 0);
  const count = Object.keys(files).length;
  const end = numbers([[4, 0x06054b50], [2, 0], [2, 0], [2, count], [2, count], [4, size], [4, at], [2, 0]]);
  return new Blob(/** @type {any} */ ([...parts, ...listed, end]), { type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" });
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");

/** @param {number} place @returns {string} A, B, ... Z, AA, ... */
function column(place) {
  const rest = place % 26;
  return `${place >= 26 ? column((place - rest) / 26 - 1) : ""}${String.fromCharCode(65 + rest)}`;
}

/** @param {unknown[][]} table */
function sheet(table) {
  const lines = table.map((line, row) => {
    const cells = line.map((value, place) => {
      const at = `${column(place)}${row + 1}`;
      if (typeof value === "number") return Number.isFinite(value) ? `<c r="${at}"><v>${value}</v></c>` : "";
      return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(String(value ?? ""))}</t></is></c>`;
    });
    return `<row r="${row + 1}">${cells.join("")}</row>`;
  });
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${lines.join("")}</sheetData></worksheet>`;
}

/**
 * @param {Record<string, unknown[][]>} sheets tables by the sheet's name
 * @returns {Blob}
 */
export function workbook(sheets) {
  const names = Object.keys(sheets);
  const xml = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const packages = "http://schemas.openxmlformats.org/package/2006";
  const type = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  /** @type {Record<string, string>} */
  const files = {
    "[Content_Types].xml": `${xml}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>${names.map((_, place) => `<Override PartName="/xl/worksheets/sheet${place + 1}.xml" ContentType="${type}.worksheet+xml"/>`).join("")}</Types>`,
    "_rels/.rels": `${xml}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `${xml}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="${office}"><sheets>${names.map((name, place) => `<sheet name="${escaped(name)}" sheetId="${place + 1}" r:id="rId${place + 1}"/>`).join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `${xml}<Relationships xmlns="${packages}/relationships">${names.map((_, place) => `<Relationship Id="rId${place + 1}" Type="${office}/worksheet" Target="worksheets/sheet${place + 1}.xml"/>`).join("")}</Relationships>`,
  };
  names.forEach((name, place) => {
    files[`xl/worksheets/sheet${place + 1}.xml`] = sheet(sheets[name]);
  });
  return zip(files);
}
