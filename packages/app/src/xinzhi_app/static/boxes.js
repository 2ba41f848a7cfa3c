// Variables in boxes: dragged, or moved by a list of places that opens at each name.
const MANY = 50; // values from which a column of words parts no groups
const SHOWN = 8000; // milliseconds for which what happened is told

export function boxes(page) {
  const { el, t } = page;
  const shelf = el("div", { class: "shelf" });
  const cards = el("div", { class: "cards-of-boxes" });
  const said = el("p", { class: "said toast", role: "status", "aria-live": "polite" });
  const find = el("input", { id: "find", type: "search", autocomplete: "off", input: () => draw() });
  const listed = new Intl.ListFormat(page.lang);
  let dragged = null;
  let focus = null;
  let shown = 0;

  const all = () => page.known.boxes.cards.flatMap((card) => card.boxes);
  const called = ({ name, label }) => (label && label !== name ? `${label} ${name}` : name);

  /** Names that are not in a box: columns of the data, and what the study computes. */
  function names() {
    const { variables, scores, groups } = page.known.boxes;
    const columns = (page.columns?.columns ?? []).filter((one) => one.is_number || one.n_values < MANY).sort((a, b) => b.is_number - a.is_number);
    const plain = new Set(columns.map((one) => one.name));
    return {
      columns: columns.map((one) => ({ kind: "column", ...one })),
      computed: [
        ...scores.map((name) => ({ kind: "score", name, label: variables.find((one) => one.score === name)?.label })),
        ...variables.filter((one) => !plain.has(one.column) && !(one.score && scores.includes(one.score) && one.name === one.score)).map((one) => ({ kind: "variable", ...one })),
        ...groups.map((one) => ({ kind: "group", ...one })),
      ],
    };
  }

  /** Tell in which boxes a name lies, under itself or as the variable or grouping of a column. */
  function where(item) {
    const { variables, groups } = page.known.boxes;
    const same = new Set([item.name]);
    if (item.kind === "column") for (const one of [...variables, ...groups]) if (one.column === item.name) same.add(one.name);
    return all().filter((box) => box.chips.some((chip) => same.has(chip.name)));
  }

  async function move(item, box, position) {
    const from = all().find((one) => one.chips.some((chip) => chip.path.join() === item.path?.join()));
    const wanted = { kind: item.kind, name: item.name, box: box?.id ?? "", taken: item.path ?? [] };
    if (position !== undefined) wanted.position = position;
    const columns = page.columns?.columns.length ? Object.fromEntries(page.columns.columns.map(({ name, n_values, is_number }) => [name, { n_values, is_number }])) : undefined;
    if (!(await page.change({ move: wanted, columns }))) return;
    const now = box && all().find((one) => one.id === box.id);
    const at = now ? Math.max(now.chips.findIndex((one) => one.name === item.name), position === undefined ? now.chips.length - 1 : -1) : -1;
    say(now ? t("study.moved", { name: called(item), box: now.title, place: at + 1, all: now.chips.length }) : t("study.taken_out", { name: called(item), box: from?.title ?? "" }));
    focus = now ? `${now.id}|${now.chips[at]?.name}` : `|${item.name}`;
    refocus();
  }

  function say(words) {
    said.textContent = words;
    clearTimeout(shown);
    shown = setTimeout(() => said.replaceChildren(), SHOWN);
  }

  function refocus() {
    if (!focus) return;
    const found = [...cards.querySelectorAll("button"), ...shelf.querySelectorAll("button")].find((one) => one.dataset.at === focus);
    focus = null;
    found?.focus();
  }

  /** Open the list of places at a name. */
  function open(button, item, box) {
    const was = button.nextElementSibling?.classList.contains("places");
    close();
    if (was) return;
    const at = box ? box.chips.indexOf(item) : -1;
    const entry = (words, act) => el("button", { type: "button", click: act }, words);
    const list = el("div", { class: "places", role: "group", "aria-label": t("study.move", { name: item.name }) },
      el("p", {}, t("study.move", { name: item.name })),
      box && !box.single && at > 0 && entry(t("study.earlier"), () => move(item, box, at - 1)),
      box && !box.single && at < box.chips.length - 1 && entry(t("study.later"), () => move(item, box, at + 2)),
      page.known.boxes.cards.map((card) => el("div", {}, el("span", { class: "muted" }, card.title, card.name && card.is_there ? ` · ${card.name}` : ""),
        card.boxes.filter((one) => one !== box && takes(one, item)).map((one) => entry(one.title, () => move(item, one))))).filter((one) => one.childElementCount > 1),
      box && entry(t("study.out"), () => move(item, null)));
    list.addEventListener("keydown", (event) => {
      const entries = [...list.querySelectorAll("button")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") { close(); button.focus(); }
      else if (step) entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length].focus();
      else return;
      event.preventDefault();
    });
    button.after(list);
    button.setAttribute("aria-expanded", "true");
    list.querySelector("button")?.focus();
  }

  function close() {
    for (const one of document.querySelectorAll(".places")) {
      one.previousElementSibling?.setAttribute("aria-expanded", "false");
      one.remove();
    }
  }

  function takes(box, item) {
    if (item.kind === "column" && item.is_number === false && box.holds !== "group") return false;
    if (box.holds === "variable") return item.kind !== "group";
    if (box.holds === "column") return item.kind === "column" || (item.kind === "variable" && page.known.boxes.variables.some((one) => one.name === item.name && one.column));
    return item.kind === "group" || item.kind === "column" || item.kind === "variable";
  }

  function chip(item, box) {
    const known = page.columns?.columns.length && item.kind === "column" && box && !page.columns.columns.some((one) => one.name === item.name);
    const inside = box ? [] : where(item);
    const label = item.kind === "column" ? page.columns?.columns.find((one) => one.name === item.name)?.label : item.label;
    const note = known ? t("study.unknown") : item.set && item.set !== box.set ? t("study.through", { set: item.set }) : inside.length ? listed.format(new Set(inside.map((one) => one.title))) : "";
    const button = el("button", {
      type: "button", class: `chip ${item.kind} ${known ? "wrong" : ""} ${inside.length ? "used" : ""}`, draggable: "true", "aria-expanded": "false",
      title: [item.unit, item.why, note].filter(Boolean).join(" · ") || null,
      click: () => open(button, item, box),
      keydown: (event) => {
        const at = box?.chips.indexOf(item);
        if (event.key === "Delete" && box) move(item, null);
        else if (event.altKey && event.key === "ArrowLeft" && box && at > 0) move(item, box, at - 1);
        else if (event.altKey && event.key === "ArrowRight" && box && at < box.chips.length - 1) move(item, box, at + 2);
        else return;
        event.preventDefault();
      },
      dragstart: (event) => { dragged = { item, box }; event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", item.name); },
      dragend: () => { dragged = null; },
    }, el("span", {}, label || item.name), label && label !== item.name && el("code", {}, item.name), note && el("small", {}, note));
    button.dataset.at = `${box?.id ?? ""}|${item.name}`;
    return el("li", {}, button);
  }

  function draw_box(box) {
    const list = el("ul", { class: "chips", "aria-label": box.title }, box.chips.map((one) => chip(one, box)));
    const offered = box.role === "scores" ? page.known.boxes.scores.map((name) => ({ kind: "score", name })) : (page.columns?.suggested[box.role] ?? []).map((name) => ({ kind: "column", name }));
    const suggested = box.chips.length ? [] : offered.filter((one) => !where(one).length);
    const whole = el("div", {
      class: "box",
      dragover: (event) => { if (dragged) { event.preventDefault(); whole.classList.add("over"); } },
      dragleave: () => whole.classList.remove("over"),
      drop: (event) => {
        event.preventDefault();
        whole.classList.remove("over");
        if (!dragged) return;
        if (!takes(box, dragged.item)) return say(t("study.not_taken", { name: dragged.item.name, box: box.title }));
        if (dragged.box !== box && box.chips.some((one) => one.name === dragged.item.name)) return;
        const buttons = [...list.querySelectorAll(".chip")];
        const before = buttons.findIndex((one) => { const r = one.getBoundingClientRect(); return event.clientY < r.top || (event.clientY < r.bottom && event.clientX < r.left + r.width / 2); });
        move(dragged.item, box, before < 0 ? undefined : before);
      },
    },
      el("h4", {}, box.title), el("p", { class: "muted small" }, box.about), list,
      !box.chips.length && el("p", { class: "nothing" }, t("study.drop_here")),
      suggested.length > 0 && el("div", { class: "suggested" }, el("span", { class: "muted small" }, t("study.suggested")),
        suggested.map((one) => el("button", { type: "button", class: "chip add", "aria-label": t("study.put", { name: one.name, box: box.title }), click: () => move(one, box) }, `+\u00a0${one.name}`))));
    return whole;
  }

  function shelf_of(title, items) {
    const word = find.value.trim().toLowerCase();
    const shown = items.filter((one) => called(one).toLowerCase().includes(word));
    return items.length ? [el("h3", { class: "sub" }, title), el("ul", { class: "chips" }, shown.map((one) => chip(one, null)))] : [];
  }

  function draw() {
    if (!page.known) return;
    const held = document.activeElement?.dataset?.at;
    close();
    const { columns, computed } = names();
    const reading = !page.columns ? t("study.reading") : columns.length ? "" : t("study.no_columns");
    shelf.replaceChildren(...[
      reading && el("p", { class: "muted small" }, reading),
      page.state.is_there && page.columns?.problems[0] && el("p", { class: "wrong small" }, page.columns.problems[0].what),
      ...shelf_of(t("study.columns"), columns), ...shelf_of(t("study.computed"), computed),
    ].filter(Boolean));
    finder.hidden = columns.length + computed.length < 12;
    cards.replaceChildren(...page.known.boxes.cards.map((card) => el("section", { class: `card ${card.is_there ? "" : "absent"}` },
      el("h3", {}, card.title, card.is_there && card.name && el("code", {}, card.name)),
      !card.is_there && el("p", { class: "muted small" }, t("study.absent")),
      el("div", { class: "boxes" }, card.boxes.map(draw_box)))));
    if (held) { focus = held; refocus(); }
    const n = page.state.text.trim() ? page.state.problems.length : 0;
    wrong.replaceChildren(...(n ? [t("study.draft", { n }), el("button", { type: "button", class: "quiet", click: () => page.toText() }, t("study.to_text"))] : []));
  }

  const finder = el("p", { class: "row finder" }, el("label", { for: "find" }, t("study.find")), find);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); }, { signal: page.signal });
  document.addEventListener("click", (event) => { if (!event.target.closest(".chips li, .places")) close(); }, { signal: page.signal });
  const wrong = el("p", { class: "wrong narrow" });
  return {
    say,
    root: el("section", { class: "variables" }, el("h2", {}, t("study.variables")), el("p", { class: "muted" }, t("study.how")), wrong, said,
      el("div", { class: "desk" }, el("div", { class: "names" }, finder, shelf), cards)),
    draw,
  };
}
