// The run page: what a run would do, its progress as it comes, cancel, continue.
const STAGES = ["load", "read", "prepare", "measure", "analyse", "report"];
const BUSY = ["running", "elsewhere"];

export async function show(root, { study, lang, api, t, el, go, tell, problemList, signal }) {
  const base = `/api/studies/${encodeURIComponent(study)}`;
  const path = `${base}/run`;
  const format = new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en-GB", { maximumFractionDigits: 0 });
  const time = (seconds) => seconds < 90 ? t("run.seconds", { n: format.format(Math.max(1, seconds)) })
    : seconds < 5400 ? t("run.minutes", { n: format.format(seconds / 60) })
      : t("run.hours", { n: (seconds / 3600).toFixed(1) });

  const plan = el("section", { "aria-live": "polite" });
  const start = el("button", { type: "button", class: "main", hidden: true, click: () => begin() });
  const cancel = el("button", { type: "button", hidden: true, click: () => end() }, t("run.cancel"));
  const results = el("a", { class: "button", href: `#/${encodeURIComponent(study)}/results`, hidden: true }, t("run.results"));
  const changes = el("a", { class: "button", href: `${path}/changes`, target: "_blank", rel: "noopener", hidden: true }, t("run.changes"));
  const state = el("p", { class: "state", role: "status" });
  const bar = el("progress", { max: STAGES.length, "aria-label": t("run.progress") });
  const stages = el("ol", { class: "stages" }, STAGES.map((one) => el("li", {}, t(`run.stage.${one}`))));
  const draws = el("p", { class: "muted" });
  const clock = el("p", { class: "muted small" });
  const progress = el("section", { hidden: true }, bar, stages, draws, clock);
  const messages = el("ul", { class: "messages" });
  const early = el("div", {});
  const printed = el("pre", { tabindex: 0, "aria-label": t("run.printed") });
  const output = el("section", { hidden: true }, el("h2", {}, t("run.printed")), printed);
  root.append(el("h2", {}, t("run.title")), plan, state, el("p", { class: "row" }, start, cancel, results, changes), progress, messages, early, output);

  const stageList = (heading, items) => items.length > 0 && el("details", {}, el("summary", {}, heading),
    el("ul", {}, items.map((one) => typeof one === "string" ? el("li", {}, one)
      : el("li", {}, one.what, el("span", { class: "muted" }, ` ${one.why}${one.seconds === null ? "" : ` · ${time(one.seconds)}`}`)))));
  const look = async () => {
    plan.replaceChildren(el("p", { class: "muted" }, t("run.planning")));
    try {
      const found = await api("GET", `${path}/plan`, undefined, { signal });
      const estimate = found.seconds === null ? t("run.unknown_time")
        : t(found.n_unknown ? "run.at_least" : "run.estimate", { time: time(found.seconds) });
      plan.replaceChildren(...(found.unchanged ? [el("p", {}, t("run.unchanged"))] : [
        el("p", {}, t("run.reads", { files: found.reads.join(lang === "zh" ? "、" : ", ") })),
        el("p", {}, t("run.computes", { n: found.computes.length, stored: found.stored.length }), lang === "zh" ? "" : " ", found.computes.length > 0 && estimate),
        stageList(t("run.computed"), found.computes), stageList(t("run.stored"), found.stored)].filter(Boolean)));
    } catch (error) {
      if (!error.problems) throw error;
      plan.replaceChildren(problemList(error.problems), el("a", { href: `#/${encodeURIComponent(study)}/study` }, t("run.mend")));
    }
  };

  let now = null;
  const seconds = () => Math.max(0, (Date.now() - Date.parse(now.record.started.replace(" ", "T"))) / 1000);
  const tick = () => {
    const last = now?.progress?.last_run;
    clock.textContent = now?.state !== "running" ? "" : t("run.elapsed", { time: time(seconds()) }) +
      (last ? `${lang === "zh" ? "" : " "}${t("run.last", { time: time(last) })}` : "");
  };
  const draw = (found) => {
    const was = now?.state;
    now = found;
    const isBusy = BUSY.includes(found.state);
    const holder = found.holder ?? {};
    state.textContent = t(`run.is.${found.state}`, { pid: holder.pid, host: holder.host, started: holder.started });
    state.dataset.state = found.state;
    start.hidden = isBusy;
    start.textContent = t(["none", "finished"].includes(found.state) ? "run.start" : "run.continue");
    cancel.hidden = found.state !== "running";
    cancel.textContent = t(found.record?.is_cancelled ? "run.end_now" : "run.cancel");
    results.hidden = !found.has_page;
    changes.hidden = isBusy || !found.has_changes;
    start.classList.toggle("main", found.state !== "finished");
    results.classList.toggle("main", found.state === "finished");
    plan.hidden = isBusy;
    progress.hidden = !found.record || found.state === "elsewhere";
    const { stage = STAGES[0], done = 0, total = STAGES.length, draws: within } = found.progress ?? {};
    bar.max = total;
    bar.value = done;
    const at = found.state === "finished" ? STAGES.length : STAGES.indexOf(stage) + (done > STAGES.indexOf(stage) ? 1 : 0);
    [...stages.children].forEach((one, i) => {
      one.className = i < at ? "done" : i === at && isBusy ? "now" : "";
      if (one.className === "now") one.setAttribute("aria-current", "step");
      else one.removeAttribute("aria-current");
    });
    draws.textContent = within && isBusy ? t("run.draws", { done: within.done, total: within.total }) +
      (within.seconds_left === null ? "" : ` ${t("run.left", { time: time(within.seconds_left) })}`) : "";
    messages.replaceChildren(...found.messages.map((one) => el("li", {}, one)));
    if (found.has_page_waiting && !early.hasChildNodes()) {
      early.append(el("p", {}, t("run.early")), el("iframe", { class: "report", src: `${base}/results/waiting?lang=${lang}`, sandbox: "allow-scripts", title: t("run.early_title") }));
    } else if (!found.has_page_waiting) early.replaceChildren();
    tick();
    if (was && BUSY.includes(was) && !isBusy) look().catch(tell);
  };
  const watch = () => {
    const stream = new EventSource(`${path}/events`);
    signal.addEventListener("abort", () => stream.close());
    stream.addEventListener("status", ({ data }) => {
      draw(JSON.parse(data));
      if (!BUSY.includes(now.state)) stream.close();
    });
    stream.addEventListener("printed", ({ data }) => {
      printed.textContent = JSON.parse(data);
      output.hidden = !printed.textContent;
    });
    stream.addEventListener("error", () => {
      if (!signal.aborted) state.textContent = t(stream.readyState === EventSource.CLOSED ? "error.network" : "run.reconnecting");
    });
  };
  const begin = async () => {
    start.disabled = true;
    try {
      draw(await api("POST", path, {}));
      watch();
    } catch (error) {
      tell(error);
      watch();
    }
    start.disabled = false;
  };
  const end = async () => {
    try {
      draw(await api("DELETE", path));
    } catch (error) {
      tell(error);
    }
  };

  const clockwork = setInterval(tick, 1000);
  signal.addEventListener("abort", () => clearInterval(clockwork));
  draw(await api("GET", path, undefined, { signal }));
  watch();
  if (!BUSY.includes(now.state)) await look();
}
