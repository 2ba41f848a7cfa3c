// The frame of the page: words, requests, the list of studies, and which of the four pages is shown.
const TABS = ["data", "study", "run", "results"];
const PAGES = Object.fromEntries(TABS.map((tab) => [tab, () => import(`/static/${tab}.js`)]));
const SMALL = 16000; // characters of a request that browsers send to its end after the page is closed
let words = {};
let lang = "en";
let leaving = new AbortController();

/** Say a word of the page; values go into its {places}. */
export function t(key, values = {}) {
  const [many, one] = words[lang]?.[key] ?? [key];
  const template = one && String(values.n) === "1" ? one : many;
  return template.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Make an element: attributes, properties behind a dot, listeners as functions; text stays text. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name.startsWith(".")) made[name.slice(1)] = value;
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** What the server refused: problems in words. */
export class Refusal extends Error {
  constructor(status, problems) {
    super(problems.map((one) => one.what).join("\n"));
    this.status = status;
    this.problems = problems;
  }
}

/** Ask the server: an object goes as JSON, a file as it is. Gives the document, or throws a Refusal. */
export async function api(method, path, body, { signal } = {}) {
  const isRaw = body instanceof Blob;
  const headers = { "X-Xinzhi": "1", ...(body === undefined || isRaw ? {} : { "Content-Type": "application/json" }) };
  const url = `${path}${path.includes("?") ? "&" : "?"}lang=${lang}`;
  let answer;
  try {
    const sent = isRaw || body === undefined ? body : JSON.stringify(body);
    const keepalive = typeof sent === "string" && sent.length < SMALL; // it is sent although the page is closed
    answer = await fetch(url, { method, headers, signal, body: sent, keepalive });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, [{ severity: "error", code: "app.network", what: t("error.network") }]);
  }
  const text = await answer.text();
  if (answer.ok) return text ? JSON.parse(text) : null;
  const isJson = answer.headers.get("content-type")?.startsWith("application/json");
  throw new Refusal(answer.status, isJson ? JSON.parse(text).problems : [{ severity: "error", what: text }]);
}

/** Show problems: what is wrong, where, what to do. */
export function problemList(problems, more = () => null) {
  return el("ul", { class: "problems" }, problems.map((one) =>
    el("li", { class: one.severity },
      el("span", { class: "kind" }, t(`error.${one.severity}`)),
      el("div", {},
        el("p", {}, one.what),
        one.place && el("p", { class: "place" }, one.place),
        one.remedy && el("p", { class: "remedy" }, t("error.remedy"), ": ", one.remedy),
        more(one)))));
}

/** Tell a sentence or the problems of an error above the page, until it is closed or another page is shown. */
export function tell(what) {
  const told = document.getElementById("told");
  told.replaceChildren();
  if (!what || what.name === "AbortError") return;
  const shown = what instanceof Refusal ? problemList(what.problems) : el("p", {}, what instanceof Error ? String(what) : what);
  told.append(shown, el("button", { type: "button", class: "quiet", click: () => told.replaceChildren() }, t("close")));
  if (what instanceof Error && !(what instanceof Refusal)) throw what;
}

/** Go to a page of a study. */
export function go(tab, study) {
  location.hash = study === undefined || study === "" ? "#/" : `#/${encodeURIComponent(study)}/${tab}`;
}

function place() {
  const [, study = "", tab = "data"] = location.hash.split("/");
  return { study: decodeURIComponent(study), tab: TABS.includes(tab) ? tab : "data" };
}

async function render() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { study, tab } = place();
  document.documentElement.lang = lang;
  document.title = study ? `${study === "_" ? "" : `${study} · `}${t(`tab.${tab}`)} · xinzhi` : "xinzhi";
  document.getElementById("title").textContent = document.title;
  document.getElementById("skip").textContent = t("skip");
  document.getElementById("where").textContent = study === "_" ? "" : study;
  const button = document.getElementById("language");
  button.textContent = lang === "zh" ? "English" : "中文";
  button.lang = lang === "zh" ? "en" : "zh";
  button.title = t("language.hint");
  const tabs = document.getElementById("tabs");
  tabs.setAttribute("aria-label", t("tabs"));
  tabs.replaceChildren(...(study ? TABS : []).map((one) =>
    el("a", { href: `#/${encodeURIComponent(study)}/${one}`, "aria-current": one === tab && "page" }, t(`tab.${one}`))));
  document.getElementById("told").replaceChildren();
  const root = el("div", { class: `page ${study ? tab : "home"}` }, el("p", { class: "muted" }, t("loading")));
  document.getElementById("page").replaceChildren(root);
  const context = { study, lang, api, t, el, go, tell, problemList, signal };
  try {
    const module = study ? await PAGES[tab]() : { show: home };
    if (study) api("PUT", "/api/settings", { study }).catch(() => {});
    if (signal.aborted) return;
    root.replaceChildren();
    await module.show(root, context);
  } catch (error) {
    if (!signal.aborted) tell(error);
  }
}

async function home(root, { el, t, go }) {
  const { studies, examples, folder, recent } = await api("GET", "/api/studies");
  const rank = new Map(recent.map((id, at) => [id, at]));
  studies.sort((a, b) => (rank.get(a.id) ?? recent.length) - (rank.get(b.id) ?? recent.length));
  const date = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
  const make = async (wanted, tab) => {
    try {
      go(tab, (await api("POST", "/api/studies", wanted)).id);
    } catch (error) {
      tell(error);
    }
  };
  const name = el("input", { id: "name", type: "text", maxlength: 80, required: true, autocomplete: "off" });
  root.append(
    el("p", { class: "lead" }, t("home.lead")),
    el("form", { class: "row", submit: (event) => { event.preventDefault(); make({ name: name.value }, "data"); } },
      el("h2", {}, t("home.new")),
      el("label", { for: "name" }, t("home.name")), name, el("button", { class: "main" }, t("home.create"))),
    el("section", {}, el("h2", {}, t("studies")),
      studies.length
        ? el("ul", { class: "cards" }, studies.map((one) => el("li", {},
            el("a", { href: `#/${encodeURIComponent(one.id)}/${one.has_results ? "results" : one.has_study ? "study" : "data"}` }, one.name),
            el("span", { class: "muted" }, t("home.changed", { when: date.format(one.changed * 1000) }), one.has_results && ` · ${t("home.has_results")}`))))
        : el("p", { class: "muted" }, t("home.none"))),
    el("section", {}, el("h2", {}, t("home.examples")),
      el("ul", { class: "cards" }, examples.map((one) => el("li", {},
        el("button", { type: "button", click: () => make({ example: one.name }, "study") }, one.name),
        el("span", { class: "muted" }, one.what))))),
    el("p", { class: "muted small" }, t("home.folder", { folder })));
}

async function start() {
  [words, { language: lang }] = await Promise.all([api("GET", "/api/words"), api("GET", "/api/studies")]);
  document.getElementById("language").addEventListener("click", async () => {
    lang = lang === "zh" ? "en" : "zh";
    api("PUT", "/api/settings", { language: lang }).catch(tell);
    await render();
  });
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address names the page that is shown
    document.getElementById("main").focus();
  });
  addEventListener("hashchange", render);
  // A file that is dropped beside its place must not take the place of the page.
  for (const event of ["dragover", "drop"]) addEventListener(event, (drop) => drop.preventDefault());
  addEventListener("unhandledrejection", (event) => {
    if (!(event.reason instanceof Refusal)) return;
    event.preventDefault();
    tell(event.reason);
  });
  await render();
}

start();
