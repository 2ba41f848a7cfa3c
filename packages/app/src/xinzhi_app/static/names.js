// What a report calls variables and groups: those without a name in one of its languages are listed, and filled in here.
const LANGUAGES = ["zh", "en"];
const SECTIONS = ["variables", "groups"];

export function names(page) {
  const { el, t } = page;
  const body = el("div", {});
  let all = false;

  const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  /** List what has a name, with its names by language; a label of one text is the same in both. */
  function rows() {
    const values = page.known?.values ?? {};
    return SECTIONS.flatMap((section) => Object.entries(isMapping(values[section]) ? values[section] : {})
      .filter(([name, options]) => isMapping(options) || (section === "variables" && name !== "transform" && typeof options === "string"))
      .map(([name, options]) => {
        const label = isMapping(options) ? options.label : undefined;
        return { section, name, options, heading: isMapping(options) ? options.column : options, label, both: isMapping(label) ? label : { zh: label, en: label } };
      }));
  }

  const isOpen = (row) => LANGUAGES.some((language) => !row.both[language]);

  /** Write one name; options that are a column alone become a mapping, as only that has a label. */
  function put(row, language, text) {
    const kept = Object.fromEntries(Object.entries({ ...row.both, [language]: text.trim() }).filter(([, one]) => one));
    const path = [row.section, row.name];
    if (!isMapping(row.options)) return page.change({ edit: { do: "put", path, value: { column: row.options, label: kept } } });
    if (!Object.keys(kept).length) return page.change({ edit: { do: "remove", path: [...path, "label"] } });
    if (isMapping(row.label)) return page.change({ edit: kept[language] ? { do: "put", path: [...path, "label", language], value: kept[language] } : { do: "remove", path: [...path, "label", language] } });
    return page.change({ edit: { do: "put", path: [...path, "label"], value: kept } });
  }

  function line(row) {
    return el("tr", {},
      el("th", { scope: "row" }, el("code", {}, row.name), row.heading && row.heading !== row.name && el("span", { class: "muted" }, " ", row.heading)),
      LANGUAGES.map((language) => el("td", {}, el("input", {
        type: "text", autocomplete: "off", "aria-label": t(`study.name_${language}`, { name: row.name }), "data-name": `${row.name}|${language}`,
        ".value": row.both[language] ?? "", class: row.both[language] ? "" : "missing", change: ({ target }) => put(row, language, target.value) }))));
  }

  function draw() {
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    const found = rows();
    const open = found.filter(isOpen);
    const shown = all ? found : open;
    const inForce = page.known?.values?.report?.languages;
    const lacks = Array.isArray(inForce) && LANGUAGES.some((language) => !inForce.includes(language));
    body.replaceChildren(...found.length ? [
      el("h3", {}, t("study.names")),
      el("p", { class: "muted" }, open.length ? t("study.names_open", { n: open.length }) : t("study.names_done")),
      shown.length > 0 && el("div", { class: "scroll" }, el("table", { class: "names-table" },
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("study.name_of")), LANGUAGES.map((language) => el("th", { scope: "col" }, t(`study.${language}`))))),
        el("tbody", {}, shown.map(line)))),
      el("p", { class: "row" },
        found.length > open.length && el("button", { type: "button", "aria-pressed": String(all), click: () => { all = !all; draw(); } }, t(all ? "study.names_fewer" : "study.names_all")),
        !open.length && lacks && el("button", { type: "button", click: () => page.change({ edit: { do: "put", path: ["report", "languages"], value: LANGUAGES } }) }, t("study.names_both"))),
    ].filter(Boolean) : []);
    if (focused) [...body.querySelectorAll("input")].find((one) => one.dataset.name === focused)?.focus();
  }

  return { root: body, draw };
}
