// The page of data: files come in, the reader says what it found, one click decides.

/** List the files of a drop, those inside folders too. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const found = [];
  const walk = async (entry) => {
    if (entry.isFile) found.push(await new Promise((done, fail) => entry.file(done, fail)));
    else {
      const reader = entry.createReader();
      for (;;) {
        const inside = await new Promise((done, fail) => reader.readEntries(done, fail));
        if (!inside.length) break;
        for (const one of inside) await walk(one);
      }
    }
  };
  for (const entry of entries) await walk(entry);
  return found;
}

const isData = (file) => !/^(\.|~\$)/.test(file.name);
const nameOf = (path) => path.split("/").at(-1);

export async function show(root, context) {
  const { study, lang, api, t, el, go, tell, problemList, signal } = context;
  const base = `/api/studies/${encodeURIComponent(study)}`;
  const status = el("p", { class: "muted", role: "status", "aria-live": "polite" });
  const questions = el("div");
  const body = el("div");
  const number = new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en-GB", { maximumSignificantDigits: 6 });
  let state = { files: [], found: null, has_study: false };

  const picker = (label, isFolder) => {
    const input = el("input", { type: "file", multiple: true, webkitdirectory: isFolder, hidden: true, tabindex: -1, change: () => { take([...input.files]); input.value = ""; } });
    return [input, el("button", { type: "button", class: isFolder ? "" : "main", click: () => input.click() }, label)];
  };
  const zone = el("section", { class: "drop", "aria-label": t("data.drop") },
    el("p", {}, t("data.drop")),
    el("div", { class: "row" }, picker(t("data.choose"), false), picker(t("data.folder"), true)),
    el("p", { class: "muted small" }, t("data.kinds")));
  root.append(zone, status, questions, body);
  // Wherever on the page files are dropped, they are meant for it.
  addEventListener("dragover", () => zone.classList.add("over"), { signal });
  addEventListener("dragleave", (event) => event.relatedTarget || zone.classList.remove("over"), { signal });
  addEventListener("drop", async (event) => { zone.classList.remove("over"); take(await dropped(event.dataTransfer)); }, { signal });

  /** Do something that takes a while; what the server refuses is told. */
  async function busy(what, work) {
    status.textContent = what;
    root.setAttribute("aria-busy", "true");
    try {
      return await work();
    } catch (error) {
      if (!signal.aborted) tell(error);
    } finally {
      status.textContent = "";
      root.removeAttribute("aria-busy");
    }
  }

  async function take(files) {
    tell(null);
    questions.replaceChildren();
    const refused = [];
    let taken = 0;
    for (const file of files.filter(isData)) {
      status.textContent = t("data.coming", { name: file.name });
      try {
        await send(file);
        taken += 1;
      } catch (error) {
        if (!error.problems) throw error;
        if (error.problems[0].code === "app.same_name") ask(file, error);
        else refused.push(...error.problems);
      }
    }
    status.textContent = "";
    if (refused.length) questions.prepend(problemList(refused));
    if (taken) await (state.has_study ? refresh() : suggest(false));
  }

  const send = (file, how = "") => api("PUT", `${base}/files?name=${encodeURIComponent(file.name)}${how}`, file);

  /** Ask what becomes of a file whose name is taken. */
  function ask(file, { problems }) {
    const choice = (label, how) => el("button", { type: "button", click: async () => {
      item.remove();
      const came = how && await busy(t("data.coming", { name: file.name }), () => send(file, `&as=${how}`));
      if (!came) return;
      await (state.has_study ? refresh() : suggest(false));
      if (came.kept) status.textContent = t("data.kept", { kept: came.kept });
    } }, label);
    const item = problemList(problems, () => el("div", { class: "row" }, state.has_study && el("button", { type: "button", click: () => { item.remove(); newer(file); } }, t("data.newer")), choice(t("data.replace"), "replace"), choice(t("data.keep"), "keep"), choice(t("data.leave"), "")));
    questions.append(item);
  }

  /** Let a file that has come take the place of an older one; the run page shows how that goes. */
  const takeIn = async (file, name) => {
    if (await busy(t("data.coming", { name }), () => api("POST", `${base}/run/update`, { file, name }))) go("run", study);
  };
  const newer = async (file) => {
    const came = await busy(t("data.coming", { name: file.name }), () => send(file, "&as=keep"));
    if (came) await takeIn(came.name, file.name);
  };

  const update = async (work) => {
    const answer = await busy(t("data.reading"), work);
    if (answer && !signal.aborted) draw(answer);
    return answer;
  };
  const refresh = () => update(() => api("GET", `${base}/data`, undefined, { signal }));
  const suggest = (replace) => update(() => api("POST", `${base}/suggestion`, { replace }, { signal }));
  const decide = async (decision) => {
    if (await update(() => api("POST", `${base}/decisions`, decision, { signal })) && state.has_study) status.textContent = t("data.written");
  };
  const choices = (decisions) => decisions.length > 0 && el("div", { class: "row choices" }, decisions.map((one) =>
    el("button", { type: "button", click: () => decide({ edits: one.edits, read: one.read ?? {}, sheets: one.sheets ?? {} }) }, one.label)));

  function draw(answer) {
    state = answer;
    const { files, found } = answer;
    body.replaceChildren();
    if (!files.length && !found) return;
    const view = el("div", { class: "preview" });
    body.append(listed(files, view));
    if (found) body.append(problems(found, files, view));
    body.append(view);
    if (found?.match) body.append(match(found.match));
    if (found?.table) body.append(roles(found.roles), profile(found), decisions(found));
    const first = found?.problems.find((one) => one.where.row && fileOf(one, files));
    if (files.length) preview(view, first ? fileOf(first, files) : files[0].name, first?.where ?? {}).catch(tell);
  }

  const fileOf = (problem, files) => files.find((one) => nameOf(one.name) === problem.where.file)?.name;

  function listed(files, view) {
    const unused = files.some((one) => !one.source);
    const again = state.has_study && (unused || state.found?.status === "error");
    const remove = async (name) => {
      await api("DELETE", `${base}/files?name=${encodeURIComponent(nameOf(name))}`);
      return api("GET", `${base}/data`);
    };
    return el("section", {}, el("h2", {}, t("data.files")),
      el("div", { class: "scroll" }, el("table", { class: "files" },
        el("thead", {}, el("tr", {}, el("th", {}, t("data.file")), el("th", { class: "number" }, t("data.size")), el("th", {}, t("data.source")), el("td"))),
        el("tbody", {}, files.map((one) => el("tr", {},
          el("th", { scope: "row" }, nameOf(one.name)),
          el("td", { class: "number" }, `${number.format(Math.max(Math.round(one.bytes / 1024), 1))} kB`),
          el("td", { class: "muted" }, one.source ?? (state.has_study ? t("data.not_used") : "")),
          el("td", {},
            el("button", { type: "button", class: "quiet", "aria-label": `${t("data.show")} ${nameOf(one.name)}`, click: () => preview(view, one.name, {}, true).catch(tell) }, t("data.show")),
            state.has_study && !one.source && one.name.startsWith("data/") && el("button", { type: "button", class: "quiet", "aria-label": `${t("data.newer")}: ${nameOf(one.name)}`,
              click: () => takeIn(one.name, nameOf(one.name)) }, t("data.newer")),
            one.name.startsWith("data/") && el("button", { type: "button", class: "quiet", "aria-label": `${t("data.remove")} ${nameOf(one.name)}`,
              click: () => confirm(t("data.remove.ask", { name: nameOf(one.name) })) && update(() => remove(one.name)) }, t("data.remove")))))))),
      el("div", { class: "row" },
        !state.has_study && el("button", { type: "button", class: "main", click: () => suggest(false) }, t("data.suggest")),
        again && el("button", { type: "button", click: () => confirm(t("data.again.ask")) && suggest(true) }, t("data.again"))));
  }

  function problems(found, files, view) {
    const { table, groups } = found;
    const span = table?.periods.length ? t("data.periods", { first: table.periods[0], last: table.periods.at(-1) }) : "";
    const size = table && t("data.size_of_panel", { rows: t("data.rows", { n: number.format(table.n_rows) }), entities: t("data.entities", { n: number.format(table.n_entities) }), columns: t("data.columns", { n: table.columns.length }) });
    const cell = (one) => one.where.row && fileOf(one, files) && el("button", { type: "button", class: "link", title: t("data.cell"),
      click: () => preview(view, fileOf(one, files), one.where, true).catch(tell) }, one.place);
    return el("section", {}, el("h2", {}, t("data.found")),
      table && el("p", {}, [size, span].filter(Boolean).join(lang === "zh" ? "，" : ", ")),
      groups.length === 0 && el("p", {}, t("data.fine")),
      state.has_study && found.status !== "error" && el("p", {}, el("button", { type: "button", class: "main", click: () => go("study", study) }, t("data.next"))),
      problemList(groups.map((one) => ({ ...one, place: one.where.row ? "" : one.place })), (group) => [
        el("p", { class: "place" }, group.examples.map(cell)),
        group.count > group.examples.length && el("p", { class: "place" }, t("data.count", { n: group.count })),
        choices(group.decisions)]));
  }

  /** Show rows of a file; cells with problems stand out, the one that was asked for most. */
  async function preview(view, file, where, scrolls = false) {
    const asked = new URLSearchParams({ file, ...(where.sheet ? { sheet: where.sheet } : {}), ...(where.row ? { row: where.row } : {}) });
    const rows = await api("GET", `${base}/preview?${asked}`, undefined, { signal });
    const marks = (state.found?.problems ?? []).filter((one) => one.where.file === nameOf(file) && one.where.row);
    const at = (one) => one.cell ? rows.letters.indexOf(one.cell.replace(/\d+$/, "")) : rows.columns[one.column] ?? -1;
    const marked = new Map(marks.map((one) => [`${one.where.row}/${at(one.where)}`, one]));
    const line = (cells, row) => el("tr", { class: row === where.row && "asked" }, el("th", { scope: "row" }, row),
      cells.map((text, position) => {
        const mark = marked.get(`${row}/${position}`);
        const isAsked = row === where.row && position === at(where);
        return el("td", { class: [mark?.severity, isAsked && "here"].filter(Boolean).join(" "), title: mark?.what }, text);
      }));
    const last = rows.first + rows.rows.length - 1;
    const move = (row) => preview(view, file, { sheet: where.sheet, row }).catch(tell);
    view.replaceChildren(
      el("h3", {}, t("data.preview", { file: [nameOf(file), rows.sheet].filter(Boolean).join(" · "), first: rows.first, last, total: number.format(rows.total) })),
      el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": nameOf(file) }, el("table", {},
        el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("data.row")), rows.letters.map((one) => el("th", { scope: "col" }, one)))),
        el("tbody", {}, rows.first > rows.heading.row && line(rows.heading.cells, rows.heading.row), rows.rows.map((cells, n) => line(cells, rows.first + n))))),
      el("div", { class: "row" },
        rows.first > 1 && el("button", { type: "button", click: () => move(Math.max(rows.first - 17, 1)) }, t("data.earlier")),
        last < rows.total && el("button", { type: "button", click: () => move(last + 9) }, t("data.later"))));
    const here = view.querySelector(".here") ?? view.querySelector(".asked th");
    const scroll = view.querySelector(".scroll");
    if (here?.matches("td")) scroll.scrollLeft = here.offsetLeft - scroll.clientWidth / 2;
    if (here) scroll.scrollTop = here.offsetTop - scroll.clientHeight / 2;
    if (scrolls) view.scrollIntoView({ block: "nearest" });
  }

  function match({ files, in_all_files, entities, what, not_matched, join }) {
    return el("section", {}, el("h2", {}, t("data.match")), not_matched.length === 0 && el("p", {}, what),
      el("ul", { class: "bars" }, [...Object.entries(files), [null, in_all_files]].map(([file, n]) => el("li", {},
        el("span", {}, file === null ? t("data.match.all") : t("data.match.file", { file })),
        el("progress", { max: entities, value: n, "aria-label": file ?? t("data.match.all") }), el("span", { class: "number" }, `${n} / ${entities}`)))),
      join && el("p", { class: "row" }, el("label", { for: "join" }, t("data.join")),
        el("select", { id: "join", change: ({ target }) => decide({ edits: [{ do: "put", path: join.path, value: target.value }] }) },
          ["inner", "left", "outer"].map((one) => el("option", { value: one, selected: one === join.value }, t(`data.join.${one}`))))));
  }

  function roles(found) {
    if (!found) return "";
    return el("section", {}, el("h2", {}, t("data.roles")),
      found.length ? el("dl", { class: "roles" }, ["input", "good", "bad"].map((role) => [el("dt", {}, t(`data.role.${role}`)),
        el("dd", {}, found.filter((one) => one.role === role).map((one) => el("span", { class: "chip" }, one.column, el("small", {}, one.why))))]))
        : el("p", {}, t("data.roles.none")));
  }

  function profile({ profile: columns, table }) {
    const cell = (value) => el("td", { class: "number" }, value === null || value === undefined ? "" : number.format(value));
    const heads = ["n", "missing", "minimum", "mean", "maximum"];
    return el("section", {}, el("h2", {}, t("data.profile")), el("div", { class: "scroll columns", tabindex: 0, role: "region", "aria-label": t("data.profile") }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("data.column")), el("th", { scope: "col" }, t("data.unit")), heads.map((one) => el("th", { scope: "col", class: "number" }, t(`data.${one}`))))),
      el("tbody", {}, columns.map((one) => el("tr", {}, el("th", { scope: "row" }, one.column), el("td", {}, one.unit ?? ""), heads.map((key) => cell(one[key]))))))));
  }

  function decisions({ decisions: made, state: edits }) {
    return made.length > 0 && el("section", {}, el("h2", {}, t("data.decisions")),
      el("ul", {}, made.map((one) => el("li", {}, one.what, one.where && el("span", { class: "muted" }, ` ${one.where}`)))),
      edits.length > 0 && el("p", { class: "row" }, el("button", { type: "button", click: () => decide({ edits }) }, t("data.state")), el("span", { class: "muted" }, t("data.state.why"))));
  }

  await refresh();
}
