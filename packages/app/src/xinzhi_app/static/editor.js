// The text of the study file: numbered lines, errors at their line while typing, whether it is kept.
export function editor(page) {
  const { el, t, go, study, problemList } = page;
  const area = el("textarea", { id: "text", wrap: "off", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-label": t("study.text"), "aria-describedby": "kept", input: () => { fresh = []; number(); page.typed(); }, scroll: () => follow() });
  const gutter = el("div", { class: "gutter", "aria-hidden": "true" });
  const kept = el("span", { id: "kept", class: "kept", role: "status", "aria-live": "polite" });
  const said = el("p", { class: "said", role: "status", "aria-live": "polite" });
  const problems = el("div", { class: "found" });
  const notes = el("div", {});
  const undo = el("button", { type: "button", click: () => page.undo() }, t("study.undo"));
  let lines = new Map();
  let fresh = []; // numbers of the lines that a box or a field changed last

  /** Find the lines between the first and the last that differ, and bring them into view. */
  function compare(before, after) {
    const [old, now] = [before.split("\n"), after.split("\n")];
    let from = 0;
    let n = 0;
    while (from < now.length && old[from] === now[from]) from += 1;
    while (n < now.length - from && n < old.length - from && old.at(-1 - n) === now.at(-1 - n)) n += 1;
    fresh = before ? Array.from({ length: Math.max(now.length - n - from, 0) }, (_, at) => from + at) : [];
    return from;
  }

  const reveal = (line) => { area.scrollTop = Math.max(0, (line - 4) * parseFloat(getComputedStyle(area).lineHeight)); };

  function follow() {
    gutter.scrollTop = area.scrollTop;
  }

  function number() {
    const n = area.value.split("\n").length;
    gutter.replaceChildren(...Array.from({ length: n }, (_, at) => {
      const wrong = lines.get(at + 1);
      return el("div", { class: wrong ? "wrong" : fresh.includes(at) && "fresh", title: wrong?.what }, String(at + 1));
    }));
    follow();
  }

  function to(line) {
    const before = area.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    area.focus();
    area.setSelectionRange(before, before + (area.value.split("\n")[line - 1] ?? "").length);
    reveal(line);
    area.scrollLeft = 0;
  }

  function show(state) {
    if (area.value !== state.text) {
      const at = area.selectionStart;
      const from = compare(area.value, state.text);
      area.value = state.text;
      if (document.activeElement === area) area.setSelectionRange(at, at);
      reveal(fresh.length ? from : 0);
    }
    lines = new Map(state.problems.map((one) => [one.where.line, one]));
    number();
    const n = state.text.trim() || state.is_there ? state.problems.length : 0;
    kept.textContent = n ? t("study.draft", { n }) : state.is_there ? t("study.saved") : "";
    kept.classList.toggle("wrong", n > 0);
    undo.disabled = !page.history.length;
    area.setAttribute("aria-invalid", String(n > 0));
    problems.replaceChildren(...(n ? [problemList(state.problems, ({ where }) => where.line && el("button", { type: "button", class: "quiet", click: () => to(where.line) }, t("study.to_line", { line: where.line })))] : []));
    if (!state.boxes) problems.append(el("p", { class: "muted" }, t("study.unreadable")));
    notes.replaceChildren();
    if (!state.is_there && !state.is_draft) notes.append(el("p", {}, t("study.none"), " ", el("button", { type: "button", click: () => go("data", study) }, t("study.to_data"))));
    if (state.older_draft !== null) notes.append(el("p", {}, t("study.older"), " ", el("button", { type: "button", click: () => page.put(state.older_draft) }, t("study.show_draft"))));
  }

  return {
    root: el("section", { class: "file" },
      el("div", { class: "row head" }, el("h2", {}, t("study.file")), kept, undo),
      notes, el("div", { class: "code" }, gutter, area), said, problems),
    text: () => area.value,
    toFirst: () => to(Math.min(...lines.keys())),
    write(text) { area.value = text; number(); },
    status(words) { kept.textContent = words; kept.classList.remove("wrong"); },
    say(words) { said.textContent = words; },
    show,
    conflict(found, resolve) {
      notes.replaceChildren(problemList(found), el("p", { class: "row" },
        el("button", { type: "button", click: () => resolve(false) }, t("study.take_other")),
        el("button", { type: "button", click: () => resolve(true) }, t("study.keep_mine"))));
    },
  };
}
