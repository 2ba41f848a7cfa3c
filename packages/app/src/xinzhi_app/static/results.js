// The results page: the report in its frame, tables, figures, entities, regression tables with chosen columns, files.
import { asText, forWord, read, rowsAbout } from "/static/reading.js";

const FIRST = 200; // rows that a table shows at once
const LONG = 28; // characters of a label that stay in one line

/** Copy in several kinds. The newer way to write would check the styles against the policy of this page. */
function put(kinds) {
  let isDone = false;
  const fill = (event) => {
    event.preventDefault();
    for (const [kind, text] of Object.entries(kinds)) event.clipboardData.setData(kind, text);
    isDone = true;
  };
  document.addEventListener("copy", fill, { once: true });
  document.execCommand("copy");
  document.removeEventListener("copy", fill);
  return isDone;
}

export async function show(root, { study, lang, api, t, el, tell, signal }) {
  const base = `/api/studies/${encodeURIComponent(study)}/results`;
  const [found, run] = await Promise.all([
    api("GET", base, undefined, { signal }), api("GET", `/api/studies/${encodeURIComponent(study)}/run`, undefined, { signal })]);
  const isRunning = ["running", "elsewhere"].includes(run.state);
  const note = isRunning ? "results.running" : found.is_older ? "results.older" : "";
  root.append(el("h2", {}, t("results.title")));
  if (note) root.append(el("p", { class: "hint" }, t(note), " ", el("a", { href: `#/${encodeURIComponent(study)}/run` }, t("tab.run"))));
  if (found.is_simulated) root.append(el("p", { class: "hint" }, t("results.simulated")));
  if (!found.files.length) {
    root.append(el("p", { class: "muted" }, t("results.none")));
    return;
  }
  const report = found.has_page ? await read(`${base}/page`, lang) : null;
  const dated = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
  const name = (id) => report?.pages.find((one) => one.key === id)?.name ?? report?.names.get(id) ?? id;

  const view = el("article", { class: "view", tabindex: -1 });
  const contents = el("nav", { "aria-label": t("results.contents") });
  const frame = (anchor) => [el("iframe", { class: "report", title: report?.title ?? t("results.report"), sandbox: "allow-scripts", src: `${base}/page?lang=${lang}${anchor ? `#${anchor}` : ""}` })];
  const caption = (one) => [one.number, one.title].filter(Boolean).join("  ");

  // --- a table, sorted by its headings
  const tableView = (table) => {
    let rows = table.rows;
    let most = FIRST;
    let wanted = "";
    const body = el("tbody");
    const more = el("button", { type: "button", click: () => { most += FIRST * 5; fill(); } }, t("results.more"));
    const fill = () => {
      const kept = wanted ? rows.filter((row) => [row.label, ...row.cells.map((one) => one.text)].join(" ").toLowerCase().includes(wanted)) : rows;
      body.replaceChildren(...kept.slice(0, most).map((row) => el("tr", { class: row.rule && "rule" },
        el("th", { scope: "row", class: row.label.length > LONG && "long" }, row.label), row.cells.map((one) => el("td", { class: (Number.isNaN(one.value) && one.text.length > 16) && "long" }, one.text)))));
      more.hidden = kept.length <= most;
    };
    const words = new Intl.Collator(lang);
    // What has no number, and after it what is missing, stays below whichever way the numbers run.
    const isMissing = (one) => one.text === "" || one.text === "—";
    const inOrder = (a, b, sign) => {
      if (!Number.isNaN(a.value) && !Number.isNaN(b.value)) return (a.value - b.value) * sign;
      return Number.isNaN(a.value) - Number.isNaN(b.value) || isMissing(a) - isMissing(b) || words.compare(a.text, b.text) * sign;
    };
    const valueIn = (row, at) => (at === 0 ? { text: row.label, value: Number(row.label || NaN) } : row.cells[at - 1]);
    const sort = (event, at) => {
      const heading = event.target.closest("th");
      const down = heading.getAttribute("aria-sort") === "ascending";
      const fixed = rows.filter((row) => row.rule);
      rows = [...rows.filter((row) => !row.rule).sort((a, b) => inOrder(valueIn(a, at), valueIn(b, at), down ? -1 : 1)), ...fixed];
      for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      fill();
    };
    const heading = (text, at) => (!text ? el("td") : el("th", { scope: "col" },
      table.sortable ? el("button", { type: "button", class: "sort", click: (event) => sort(event, at) }, text) : text));
    fill();
    return [
      table.rows.length > 30 && el("label", { class: "find" }, t("results.search"), " ",
        el("input", { type: "search", input: (event) => { wanted = event.target.value.trim().toLowerCase(); fill(); } })),
      table.rows.length > 0 && el("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": table.title }, el("table", { class: "printed" },
        el("thead", {},
          table.spanners.length > 0 && el("tr", {}, table.spanners.map(([text, width]) => (text ? el("th", { colspan: width, scope: "colgroup", class: "over" }, text) : el("td", { colspan: width })))),
          el("tr", {}, table.head.map(heading))), body)),
      table.rows.length > 0 && more,
      table.notes.length > 0 && el("ul", { class: "notes" }, table.notes.map((one) => el("li", {}, one))),
      (table.reading ?? []).map((one) => el("p", {}, one)),
    ].flat().filter(Boolean);
  };
  const copied = el("span", { class: "muted", role: "status" });
  const copy = (table) => el("button", { type: "button", class: "main", click: () => {
    copied.textContent = t(put({ "text/html": forWord(table()), "text/plain": asText(table()) }) ? "results.copied" : "results.not_copied");
  } }, t("results.copy"));
  const showTable = (id) => {
    const table = report.tables.find((one) => one.id === id);
    return table && [el("h3", {}, caption(table)), el("p", { class: "row" }, copy(() => table),
      el("button", { type: "button", click: () => open("report", table.anchor) }, t("results.in_report")), copied), ...tableView(table)];
  };

  // --- a regression table with chosen columns
  const showRegressions = (id) => {
    const one = found.regressions.find((regression) => regression.id === id);
    if (!one) return null;
    const printed = report?.tables.find((table) => table.id === id);
    const title = printed?.name || id; // the server marks what is simulated
    const place = el("div", { "aria-live": "polite" });
    let shown = null;
    const headings = one.columns.map((column, at) => {
      const over = printed?.spanners.flatMap(([text, width]) => Array(width).fill(text))[at + 1];
      const own = (printed?.head.length === one.columns.length + 1 ? printed.head[at + 1] : column.label).replace(/^\(\d+\)\s*/, "");
      return [over === name(column.outcome) ? "" : over, own].filter(Boolean).join(lang === "zh" ? "：" : ": ");
    });
    const box = (group, value, label) => el("label", { class: "pick" }, el("input", { type: "checkbox", name: group, value, ".checked": true, change: () => make() }), " ", label);
    const choice = (key, values, first) => el("label", {}, t(`results.${key}`), " ", el("select", { name: key, change: () => make() },
      first && el("option", { value: "" }, first), values.map((value) => el("option", { value }, t(`results.${key}.${value}`)))));
    const form = el("form", { class: "choose", submit: (event) => event.preventDefault() },
      el("fieldset", {}, el("legend", {}, t("results.columns")), one.columns.map((_, at) => box("column", at + 1, `(${at + 1}) ${headings[at]}`))),
      el("fieldset", {}, el("legend", {}, t("results.rows")), one.coefficients.map((key) => box("row", key, name(key)))),
      el("p", { class: "row" }, choice("style", found.choices.style), choice("under", found.choices.under, t("results.under.style")),
        el("label", {}, t("results.decimals"), " ", el("input", { name: "decimals", type: "number", min: 0, max: 6, size: 2, placeholder: "3", input: () => make() }))));
    const links = el("p", { class: "row" });
    const specified = () => {
      const data = new FormData(form);
      const columns = data.getAll("column").map(Number);
      const rows = new Set(data.getAll("row"));
      const decimals = data.get("decimals");
      return {
        table: id, title, columns, style: data.get("style"), under: data.get("under"),
        headings: columns.map((at) => headings[at - 1]),
        labels: Object.fromEntries(report?.names ?? []), left_out: one.coefficients.filter((key) => !rows.has(key)),
        ...(decimals === "" ? {} : { decimals: Number(decimals) }),
      };
    };
    const url = (spec) => `${base}/table?spec=${encodeURIComponent(JSON.stringify({ ...spec, labels: Object.fromEntries(Object.entries(spec.labels).filter(([key]) => one.coefficients.includes(key) || one.columns.some((column) => column.outcome === key))) }))}`;
    const make = async () => {
      const spec = specified();
      copied.textContent = "";
      if (!spec.columns.length) {
        links.replaceChildren();
        place.replaceChildren(el("p", { class: "muted" }, t("results.choose_column")));
        return;
      }
      try {
        shown = await api("GET", url(spec), undefined, { signal });
      } catch (error) {
        tell(error);
        return;
      }
      if (JSON.stringify(spec) !== JSON.stringify(specified())) return; // changed meanwhile
      links.replaceChildren(copy(() => shown), ...found.choices.format.map((format) =>
        el("a", { class: "button", download: true, href: `${url({ ...spec, format })}&lang=${lang}` }, t("results.as", { format }))), copied);
      place.replaceChildren(...tableView(shown));
    };
    make().catch(tell);
    return [el("h3", {}, printed?.title || id), form, links, place];
  };

  // --- all that is said of one entity
  const showEntity = (id) => {
    const ids = entities();
    const at = ids.indexOf(id);
    const scores = el("div");
    const pick = el("select", { id: "entity", change: (event) => open("entity", event.target.value) }, ids.map((one) => el("option", { value: one, ".selected": one === id }, name(one))));
    const step = (by, word) => el("button", { type: "button", click: () => open("entity", ids[(at + by + ids.length) % ids.length]) }, t(word));
    const page = report?.pages.find((one) => one.key === id);
    if (!page) api("GET", `${base}/entity?name=${encodeURIComponent(id)}`, undefined, { signal }).then(({ rows }) => {
      for (const measured of new Set(rows.map((row) => row.measurement))) {
        const own = rows.filter((row) => row.measurement === measured);
        scores.append(el("h4", {}, t("results.scores", { name: name(measured) })), ...tableView({
          title: name(measured), spanners: [], notes: [], sortable: true, head: [t("results.period"), t("results.score"), t("results.status")],
          rows: own.map((row) => ({ label: row.period, cells: [{ text: row.score === "" ? "—" : Number(row.score).toFixed(3), value: Number(row.score || NaN) }, { text: row.status, value: NaN }] })) }));
      }
    }).catch(tell);
    return [el("p", { class: "row" }, el("label", { for: "entity" }, t("results.entity")), pick, step(-1, "results.previous"), step(1, "results.next")),
      el("h3", {}, name(id)), ...(page?.sentences ?? []).map((one) => el("p", {}, one)), scores,
      ...(page?.tables ?? []).flatMap((one) => [el("h4", {}, one.title), ...tableView(one)]),
      ...(report ? rowsAbout(report, id, name(id)) : []).flatMap((one) => [el("h4", {}, caption(one)), ...tableView(one)])];
  };
  const entities = () => [...new Set([...found.entities, ...(report?.pages ?? []).map((one) => one.key)])];

  const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`);
  const link = (file) => `${base}/files/${file.split("/").map(encodeURIComponent).join("/")}`;
  const showFiles = () => [el("p", {}, t("results.made", { when: dated.format(found.when * 1000) })),
    el("p", {}, el("a", { class: "button main", download: true, href: `${base}/all.zip` }, t("results.zip"))),
    el("ul", { class: "cards" }, found.files.map((one) => el("li", {}, el("a", { href: link(one.name), download: true }, one.name),
      el("span", { class: "muted" }, one.what, one.what && " · ", size(one.bytes)))))];

  const VIEWS = {
    report: (anchor) => (found.has_page ? frame(anchor) : [el("p", {}, t("results.no_page"))]),
    table: showTable, regression: showRegressions, entity: (id) => showEntity(id || entities()[0]), files: showFiles,
  };
  const links = new Map();
  const open = (kind, id = "", { focus = true } = {}) => {
    const shown = VIEWS[kind]?.(id) ?? VIEWS.report("");
    history.replaceState(null, "", `#/${encodeURIComponent(study)}/results/${kind}/${encodeURIComponent(id)}`);
    for (const [key, one] of links) {
      const isHere = key === `${kind}/${id}` || (key === "entity/" && kind === "entity");
      if (isHere) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
      if (isHere && one.closest("details")) one.closest("details").open = true;
    }
    view.className = `view ${kind}`;
    view.replaceChildren(...shown);
    if (focus) view.focus({ preventScroll: true });
  };
  const entry = (words, kind, id = "") => {
    const made = el("button", { type: "button", class: "quiet", click: () => open(kind, id) }, words);
    links.set(`${kind}/${id}`, made);
    return el("li", {}, made);
  };
  const group = (words, items) => items.length > 0 && el("details", { ".open": items.length < 12 }, el("summary", {}, `${words} (${items.length})`), el("ul", {}, items));
  contents.append(...[
    el("ul", {}, entry(t("results.report"), "report"), entry(t("results.files"), "files"), entities().length > 0 && entry(t("results.entities"), "entity")),
    group(t("results.choose"), found.regressions.map((one) => entry(report?.tables.find((table) => table.id === one.id)?.title || one.id, "regression", one.id))),
    group(t("results.figures"), (report?.chapters ?? []).flatMap((one) => one.figures).map((one) => entry(caption(one), "report", one.anchor))),
    group(t("results.tables"), (report?.tables ?? []).filter((one) => one.rows.length).map((one) => entry(caption(one), "table", one.id))),
  ].filter(Boolean));
  const isWide = matchMedia("(min-width: 56rem)").matches;
  root.append(el("div", { class: "columns" }, el("details", { class: "contents", ".open": isWide }, el("summary", {}, t("results.contents")), contents), view));
  const [, , , kind = "report", id = ""] = location.hash.split("/");
  open(kind, decodeURIComponent(id), { focus: false });
}
