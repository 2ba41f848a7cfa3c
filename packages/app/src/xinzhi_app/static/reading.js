// The report as data: its tables, figures and pages of entities, in the language of the reader.
const number = (text) => {
  const plain = text.trim().replaceAll(",", "").replaceAll("−", "-").replace(/[()<>%*]/g, "");
  return plain === "" ? NaN : Number(plain);
};

/** Text of a part of the report in a language; what stands in the other one is left out. */
function textOf(node, lang) {
  if (!node) return "";
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue;
  const own = [...node.children].map((child) => child.lang).filter(Boolean);
  const wanted = own.includes(lang) ? lang : own[0];
  return [...node.childNodes].map((child) => (child.lang && child.lang !== wanted ? "" : textOf(child, lang))).join("").replace(/\s+/g, " ");
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

const cellOf = (text, sort) => ({ text: text.trim(), value: sort === undefined ? number(text) : Number(sort) });

/** Read a report; nothing of it is shown or run, only its text is taken. */
export async function read(url, lang) {
  const answer = await fetch(url);
  if (!answer.ok) return null;
  const text = await answer.text();
  // The style of its head would be refused here, and is of no use.
  const page = new DOMParser().parseFromString(text.slice(text.indexOf("<body>")), "text/html");
  const packed = page.getElementById("data")?.textContent;
  const data = packed ? await unpacked(packed) : { items: [], tables: {}, words: [], forms: [], languages: [] };
  const said = (at) => {
    const texts = [data.words[at]].flat();
    return texts[data.languages.indexOf(lang)] ?? texts[0];
  };
  const say = (node) => textOf(node, lang).trim();
  const captionOf = (figure) => {
    const caption = figure.querySelector("figcaption .caption");
    const numbered = caption?.querySelector(".number");
    const title = say(caption).slice(say(numbered).length).trim();
    const mark = say(figure.querySelector("figcaption .simulated"));
    return { number: say(numbered), name: title, title: [title, mark].filter(Boolean).join(lang === "zh" ? "" : " ") };
  };
  const tableOf = (figure) => {
    const [head, spanners] = [...(figure.querySelector("thead")?.rows ?? [])].reverse();
    const stored = data.tables[figure.id.replace("table-", "")];
    const rows = stored
      ? stored.rows.map(([label, ...cells]) => ({ key: "", label: said(label), cells: cells.map((at) => cellOf(said(at))) }))
      : [...(figure.querySelector("tbody")?.rows ?? [])].map((row) => ({
          key: row.dataset.key ?? "", label: say(row.cells[0]), rule: row.classList.contains("rule"),
          cells: [...row.cells].slice(1).map((cell) => cellOf(say(cell), cell.dataset.v)),
        }));
    return {
      id: figure.dataset.id ?? figure.id, anchor: figure.id, ...captionOf(figure), rows,
      head: [...(head?.cells ?? [])].map(say),
      spanners: [...(spanners?.cells ?? [])].map((cell) => [say(cell), cell.colSpan]),
      notes: [...figure.querySelectorAll(".notes > li")].map(say),
      reading: [...figure.querySelectorAll(".reading > li")].map(say),
      sortable: figure.querySelector("table")?.classList.contains("sortable") ?? false,
    };
  };
  const chapters = [...page.querySelectorAll("main > section")].map((section) => ({
    title: say(section.querySelector("h2")),
    anchor: section.id,
    tables: [...section.querySelectorAll("figure.table")].map(tableOf),
    figures: [...section.querySelectorAll("figure.chart")].map((one) => ({ id: one.dataset.id ?? one.id, anchor: one.id, ...captionOf(one) })),
  }));
  const pages = data.items.map((item) => ({
    key: item.key,
    name: said(item.name),
    sentences: item.parts.flatMap(([, ...sentences]) => sentences).map(said),
    tables: item.tables.map(([at, ...rows]) => ({
      title: said(data.forms[at].title), head: data.forms[at].head.map(said), notes: data.forms[at].notes.map(said), spanners: [],
      rows: rows.map(([label, ...cells]) => ({ label: said(label), cells: cells.map((one) => cellOf(said(one))) })),
    })),
  }));
  const tables = chapters.flatMap((one) => one.tables);
  const names = new Map(tables.flatMap((one) => one.rows).filter((row) => row.key && row.label).map((row) => [row.key, row.label]).reverse());
  return { title: say(page.querySelector("h1")), chapters, pages, tables, names };
}

/** What the tables of a report say of one entity: its rows, by their keys or their labels. */
export function rowsAbout(report, key, name) {
  const isAbout = (row) => row.key === key || row.key.startsWith(`${key} `) || (!row.key && row.label === name);
  return report.tables
    .map((table) => ({ ...table, rows: table.rows.filter(isAbout), notes: [], reading: [] }))
    .filter((table) => table.rows.length > 0);
}

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);

/** A table as word processors take it: three rules, on the cells. */
export function forWord({ title, spanners, head, rows, notes }) {
  const [thick, thin] = ["1.5pt solid", "0.75pt solid"];
  const cell = (tag, text, { top, bottom, width = 1, left = false }) =>
    `<${tag}${width > 1 ? ` colspan="${width}"` : ""} style="font-weight:normal;padding:1pt 6pt;text-align:${left ? "left" : "center"}` +
    `${top ? `;border-top:${top}` : ""}${bottom ? `;border-bottom:${bottom}` : ""}">${escaped(text)}</${tag}>`;
  const over = spanners.length ? `<tr>${spanners.map(([text, width]) => cell("td", text, { top: thick, width })).join("")}</tr>` : "";
  const top = over ? "" : thick;
  const body = rows.map((row, at) => {
    const rules = { top: at && row.rule ? thin : "", bottom: at === rows.length - 1 ? thick : "" };
    return `<tr>${cell("td", row.label, { ...rules, left: true })}${row.cells.map((one) => cell("td", one.text, rules)).join("")}</tr>`;
  });
  return `<div style="font-family:'Times New Roman',SimSun,serif;font-size:10.5pt"><p style="text-align:center">${escaped(title)}</p>` +
    `<table style="border-collapse:collapse;margin:0 auto">${over}<tr>${head.map((text, at) => cell("td", text, { top, bottom: thin, left: at === 0 })).join("")}</tr>` +
    `${body.join("")}</table>${notes.map((note) => `<p style="font-size:9pt;margin:0">${escaped(note)}</p>`).join("")}</div>`;
}

/** The same as text: tabs between cells. */
export const asText = ({ title, head, rows, notes }) =>
  [title, head.join("\t"), ...rows.map((row) => [row.label, ...row.cells.map((one) => one.text)].join("\t")), ...notes].join("\n");
