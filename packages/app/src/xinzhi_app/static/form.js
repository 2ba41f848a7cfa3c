// A form of every option of the study file. What the fields are comes from the schema; the form knows kinds of values only.
export function form(page) {
  const { el, t } = page;
  const body = el("div", {});
  const opened = new Set();
  let ids = 0;

  const at = (path) => path.reduce((value, key) => value?.[key], page.known?.values ?? {});
  const isMapping = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  const dotted = (path) => path.map((key) => (typeof key === "number" ? `[${key + 1}]` : `.${key}`)).join("").replace(/^\./, "");
  const put = (path, value) => page.change({ edit: { do: "put", path, value } });
  const remove = (path) => page.change({ edit: { do: "remove", path } });

  /** Write a value as the study file does. */
  function flow(value) {
    if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
    if (isMapping(value)) return `{${Object.entries(value).map(([key, one]) => `${flow(key)}: ${flow(one)}`).join(", ")}}`;
    return typeof value === "string" && /^\p{L}[\p{L}\p{N}_./^*()<>=+-]*$/u.test(value) ? value : JSON.stringify(value);
  }

  /** Split a list at its commas, those in brackets left out. */
  const split = (text) => text.split(/[,，、](?![^(（]*[)）])/).map((one) => one.trim()).filter(Boolean);

  const inputs = {
    text: (value) => ({ shown: value ?? "", read: (text) => text }),
    number: (value) => ({ shown: value ?? "", read: (text) => (text.trim() && Number.isFinite(Number(text)) ? Number(text) : text), mode: "decimal" }),
    names: (value) => ({ shown: [value ?? []].flat().join(", "), read: split, hint: t("study.commas") }),
    yaml: (value) => ({ shown: value === undefined || value === null ? "" : flow(value), hint: t("study.written") }),
  };

  function line(field, path, id, value) {
    const kind = inputs[field.kind](value);
    const known = field.refers === "data" ? page.columns?.columns.map((one) => one.name) : page.known.names?.[field.refers];
    const names = field.kind === "text" ? known ?? [] : [];
    const offered = names.length > 0 && el("datalist", { id: `${id}-names` }, names.map((one) => el("option", { value: one })));
    const input = el("input", {
      id, type: "text", list: offered && `${id}-names`, inputmode: kind.mode, placeholder: standard(field), autocomplete: "off", "aria-describedby": `${id}-about`, ".value": String(kind.shown),
      title: kind.hint,
      change: ({ target }) => {
        if (!target.value.trim()) remove(path);
        else if (kind.read) put(path, kind.read(target.value));
        else page.change({ edit: { do: "put", path, yaml: target.value } });
      },
    });
    return offered ? [input, offered] : [input];
  }

  /** Show what stands between backticks as it is typed. */
  const rich = (text) => text.split("`").map((part, n) => (n % 2 ? el("code", {}, part) : part));

  const standard = ({ default: value, required }) =>
    required ? t("study.required") : value === null || value === undefined || isMapping(value) || value.length === 0 ? "" : t("study.default", { value: typeof value === "boolean" ? t(value ? "study.yes" : "study.no") : [value].flat().join(", ") });

  function pick(field, path, id, value) {
    const choices = field.kind === "truth" ? [{ value: true, name: t("study.yes") }, { value: false, name: t("study.no") }] : field.choices;
    const known = choices.some((one) => one.value === value);
    const select = el("select", { id, "aria-describedby": `${id}-about`, change: () => (select.value === "" ? remove(path) : put(path, JSON.parse(select.value))) },
      el("option", { value: "" }, standard(field) || "—"),
      choices.map((one) => el("option", { value: JSON.stringify(one.value), ".selected": one.value === value }, String(one.name ?? one.value))),
      !known && value !== undefined && value !== null && el("option", { value: JSON.stringify(value), ".selected": true }, flow(value)));
    return select;
  }

  /** Say what the choice in force means, and where that comes from. */
  function meaning(field, value) {
    const chosen = (field.choices ?? []).filter((one) => [value ?? field.default].flat().includes(one.value) && one.about);
    return chosen.map((one) => el("p", { class: "meaning" }, el("code", {}, String(one.value)), " – ", rich(one.about), one.source && el("span", { class: "muted" }, " ", t("study.source", { source: one.source }))));
  }

  function several(field, path, id, value) {
    const chosen = [value ?? []].flat();
    return el("span", { class: "row", role: "group", "aria-labelledby": `${id}-label`, "aria-describedby": `${id}-about` }, field.choices.map((one) =>
      el("label", { class: "check" }, el("input", { type: "checkbox", ".checked": chosen.includes(one.value), change: ({ target }) => {
        const kept = field.choices.map((other) => other.value).filter((other) => (other === one.value ? target.checked : chosen.includes(other)));
        return kept.length ? put(path, kept) : remove(path);
      } }), String(one.value))));
  }

  function words(path, id, value) {
    const both = isMapping(value) ? value : { zh: value, en: value };
    return el("span", { class: "row", role: "group", "aria-labelledby": `${id}-label`, "aria-describedby": `${id}-about` }, ["zh", "en"].map((language) =>
      el("label", { class: "word" }, t(`study.${language}`), el("input", { type: "text", ".value": both[language] ?? "", autocomplete: "off", change: ({ target }) => {
        if (isMapping(value)) return target.value ? put([...path, language], target.value) : remove([...path, language]);
        const kept = Object.fromEntries(Object.entries({ ...both, [language]: target.value }).filter(([, one]) => one));
        return Object.keys(kept).length ? put(path, kept) : remove(path);
      } }))));
  }

  /** Make one field: its name, its value, what it is. */
  function draw_field(field, path) {
    const value = at(path);
    if (["section", "named", "list", "variants"].includes(field.kind)) return group(field, path);
    const id = `f${(ids += 1)}`;
    const wrong = page.state.problems.filter((one) => one.where.key === dotted(path));
    const control = field.kind === "words" ? words(path, id, value)
      : field.kind === "choices" ? several(field, path, id, value)
        : field.kind === "choice" || field.kind === "truth" ? pick(field, path, id, value) : null;
    const [input, offered] = control ? [control] : line(field, path, id, value);
    if (wrong.length) input.setAttribute("aria-invalid", "true");
    const isOne = ["INPUT", "SELECT"].includes(input.tagName);
    return el("div", { class: `field ${value === undefined ? "" : "set"}` },
      el(isOne ? "label" : "span", { class: "name", id: `${id}-label`, for: isOne && id }, field.label, " ", el("code", {}, field.key)),
      input, offered,
      el("div", { class: "about", id: `${id}-about` }, field.about && el("p", {}, rich(field.about)), wrong.map((one) => el("p", { class: "wrong" }, rich(one.what))), meaning(field, value)));
  }

  /** Make the fields of a section: those that are set or required, and the others behind a click. */
  function draw_section(of, path) {
    const { fields, more } = page.fields.sections[of];
    const value = at(path);
    const shown = fields.filter((one) => one.required || value?.[one.key] !== undefined);
    const rest = fields.filter((one) => !shown.includes(one));
    return [
      ...shown.map((one) => draw_field(one, [...path, one.key])),
      ...(more ? named(more, path, Object.keys(isMapping(value) ? value : {}).filter((key) => !fields.some((one) => one.key === key))) : []),
      rest.length > 0 && fold(`${dotted(path)}+`, t("study.more", { n: rest.length }), () => rest.map((one) => draw_field(one, [...path, one.key])), "rest"),
    ];
  }

  /** Show a part once it is opened; it stays open when the form is made anew. */
  function fold(key, title, make, kind = "part") {
    const inside = el("div", {});
    const found = el("details", { class: kind, ".open": opened.has(key), toggle: () => {
      if (found.open === opened.has(key) && inside.childElementCount) return;
      if (found.open) opened.add(key); else opened.delete(key);
      if (found.open && !inside.childElementCount) inside.append(...[make()].flat(2).filter(Boolean));
    } }, el("summary", { "data-key": key }, title), inside);
    if (found.open) inside.append(...[make()].flat(2).filter(Boolean));
    return found;
  }

  const remover = (name, path) => el("button", { type: "button", class: "quiet remove", click: () => remove(path) }, t("study.remove", { name }));

  /** Make what stands under names: fields of each, and a way to add one. */
  function named(item, path, keys, tellExample) {
    const id = `f${(ids += 1)}`;
    const name = el("input", { id, type: "text", autocomplete: "off" });
    const kinds = item.kind === "variants" && el("select", { "aria-label": item.label }, item.variants.map((one) => el("option", { value: one.value }, one.value)));
    const add = () => {
      const key = name.value.trim();
      if (!key) return name.focus();
      opened.add(dotted([...path, key]));
      if (tellExample) return page.change({ example: [...path, key] });
      return put([...path, key], item.kind === "section" ? {} : item.kind === "names" ? [] : "");
    };
    return [
      ...keys.map((key) => draw_item(item, [...path, key], key)),
      el("form", { class: "row add", submit: (event) => { event.preventDefault(); add(); } },
        el("label", { for: id }, t("study.name")), name, kinds, el("button", {}, tellExample ? t("study.add_example", { name: tellExample }) : t("study.add"))),
    ];
  }

  function draw_item(item, path, title) {
    const inside = () => [...(item.kind === "section" ? draw_section(item.of, path) : [draw_field({ ...item, key: String(title), label: "", about: "" }, path)]), remover(title, path)];
    return fold(dotted(path), title, inside);
  }

  /** Make a step: a name with one of several kinds of options. */
  function draw_step(item, path, value) {
    const [name] = Object.keys(isMapping(value) ? value : {});
    const told = item.item;
    const kind = told.variants?.find((one) => one.value === value?.[name]?.[told.option]);
    return fold(dotted([...path, name ?? ""]), `${name ?? "?"} · ${kind?.value ?? "?"}`, () => [kind && el("p", { class: "meaning" }, kind.about), kind && draw_section(kind.of, [...path, name]), remover(name, path)]);
  }

  function list(field, path, value) {
    const id = `f${(ids += 1)}`;
    const told = field.item.item;
    const items = Array.isArray(value) ? value : [];
    const drawn = items.map((one, n) => (told ? draw_step(field.item, [...path, n], one) : draw_item(field.item, [...path, n], t("study.n", { n: n + 1 }))));
    if (!told) return [...drawn, el("button", { type: "button", click: () => page.change({ edit: { do: "insert", path, value: {} } }) }, t("study.add"))];
    const name = el("input", { id, type: "text", autocomplete: "off" });
    const kind = el("select", { "aria-label": told.label }, told.variants.map((one) => el("option", { value: one.value }, one.value)));
    const about = el("p", { class: "meaning" }, told.variants[0].about);
    kind.addEventListener("change", () => { about.textContent = told.variants.find((one) => one.value === kind.value).about; });
    return [...drawn, el("form", { class: "row add", submit: (event) => {
      event.preventDefault();
      const key = name.value.trim();
      if (!key) return name.focus();
      opened.add(dotted([...path, items.length, key]));
      return page.change({ edit: { do: "insert", path, value: { [key]: { [told.option]: kind.value } } } });
    } }, el("label", { for: id }, t("study.name")), name, kind, el("button", {}, t("study.add"))), about];
  }

  function group(field, path) {
    const value = at(path);
    const title = el("span", {}, field.label, " ", el("code", {}, field.key));
    const isTop = path.length === 1;
    const keys = Object.keys(isMapping(value) ? value : {});
    const inside = () => [
      field.about && el("p", { class: "muted" }, rich(field.about)),
      field.kind === "named" && named(field.item, path, keys, isTop && field.example ? field.label : ""),
      field.kind === "list" && list(field, path, value),
      field.kind === "section" && (value === undefined && isTop && field.example
        ? el("button", { type: "button", click: () => page.change({ example: path }) }, t("study.add_example", { name: field.label }))
        : draw_section(field.of, path)),
      value !== undefined && isTop && !field.required && field.kind !== "named" && remover(field.label, path),
    ].flat();
    return fold(dotted(path), [title, value !== undefined && el("span", { class: "muted small" }, keys.length && field.kind === "named" ? keys.join(" · ") : "✓")].filter(Boolean), inside);
  }

  function draw() {
    if (!page.fields || !page.known) return;
    const focused = document.activeElement;
    const held = body.contains(focused) ? [...body.querySelectorAll("input, select, button, summary")].indexOf(focused) : -1;
    ids = 0;
    body.replaceChildren(...page.fields.fields.map((one) => draw_field(one, [one.key])));
    if (held >= 0) body.querySelectorAll("input, select, button, summary")[held]?.focus();
  }

  return { root: el("section", { class: "options" }, el("h2", {}, t("study.options")), el("p", { class: "muted" }, t("study.options.how")), body), draw };
}
