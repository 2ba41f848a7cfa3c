(() => {
  "use strict";
  const root = document.documentElement;
  const { charts, datasets } = JSON.parse(document.getElementById("charts").textContent);

  const remember = (language) => { try { localStorage.setItem("xinzhi.language", language); } catch { /* no storage from disk */ } };
  const remembered = () => { try { return localStorage.getItem("xinzhi.language"); } catch { return null; } };

  const whole = (specification) => {
    const copy = structuredClone(specification);
    copy.datasets = Object.fromEntries((copy.datasets ?? []).map((name) => [name, datasets[name]]));
    return copy;
  };

  const views = new Map();
  const draw = async (box) => {
    const specification = charts[box.dataset.chart][root.lang];
    views.get(box)?.finalize();
    box.setAttribute("lang", "");
    views.set(box, await window.vegaEmbed(box, whole(specification), {
      mode: "vega-lite", ast: true, actions: false, renderer: "svg", defaultStyle: false,
      tooltip: { theme: "custom", disableDefaultStyle: true },
    }));
    // The chart speaks as a whole; its marks, some with a role and no words, do not.
    const svg = box.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", specification.description);
    for (const part of svg.children) part.setAttribute("aria-hidden", "true");
  };
  const drawAll = async () => {
    await Promise.all([...document.fonts].map((font) => font.load().catch(() => undefined)));
    for (const box of document.querySelectorAll(".drawing")) await draw(box);
    for (const box of document.querySelectorAll(".sheet")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
    document.body.dataset.drawn = root.lang;
  };

  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };
  let pages = null; // the data of the page, once they are unpacked
  const chooser = document.getElementById("city");
  const wording = (at) => (Array.isArray(pages.words[at]) ? pages.words[at] : [pages.words[at]]);
  const sayIn = (at) => wording(at)[pages.languages.indexOf(root.lang)] ?? wording(at)[0];
  const element = (name, className, ...inside) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...inside);
    return made;
  };
  const spansOf = (at) => {
    const texts = wording(at);
    if (texts.length === 1) return [texts[0]];
    return texts.map((text, i) => {
      const span = element("span", "", text);
      span.lang = pages.languages[i];
      return span;
    });
  };
  const shape = (name, attributes, ...inside) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  // Quarters are counted by fours: 8064 is 2016Q1.
  const named = (period) => period >= 6000 && period < 8804
    ? `${Math.floor(period / 4)}Q${(period % 4) + 1}` : String(period);
  const line = (series) => {
    const scored = series.filter(([, score]) => score !== null);
    if (scored.length < 2) return [];
    const all = [...scored, ...pages.mean];
    const periods = all.map(([period]) => period);
    const [first, last] = [Math.min(...periods), Math.max(...periods)];
    const top = Math.max(...all.map(([, score]) => score), 1);
    const x = (period) => 44 + (590 * (period - first)) / (last - first || 1);
    const y = (score) => 150 - (135 * score) / top;
    const path = (points) => points.map(([p, s]) => `${x(p).toFixed(1)},${y(s).toFixed(1)}`).join(" ");
    const text = (words, px, py, anchor) => shape("text", { x: px, y: py, "text-anchor": anchor }, words);
    const newest = text(scored.at(-1)[1].toFixed(2), x(last) + 6, y(scored.at(-1)[1]) + 4, "start");
    const all_of = pages.mean.length ? [shape("text", { x: x(first) + 4, y: y(pages.mean[0][1]) + 14 },
      ...wording(pages.mean_of_all).map((words, i) => shape("tspan", { lang: pages.languages[i] }, words)))] : [];
    const label = scored.map(([period, score]) => `${named(period)} ${score.toFixed(2)}`).join(", ");
    return [shape("svg", { viewBox: "0 0 690 175", class: "series", role: "img", "aria-label": label },
      shape("line", { x1: 44, x2: 634, y1: y(0), y2: y(0), class: "axis" }),
      shape("line", { x1: 44, x2: 634, y1: y(1), y2: y(1), class: "frontier" }),
      text("0", 38, y(0) + 4, "end"), text("1", 38, y(1) + 4, "end"),
      text(named(first), x(first), 170, "middle"), text(named(last), x(last), 170, "middle"),
      shape("polyline", { points: path(pages.mean), class: "mean" }),
      shape("polyline", { points: path(scored), class: "own" }), newest, ...all_of)];
  };
  const headed = (at, scope) => {
    if (!wording(at)[0]) return element("td", "");
    const cell = element("th", "", ...spansOf(at));
    cell.scope = scope;
    return cell;
  };
  const grid = (form, rows) => {
    const head = element("tr", "", ...form.head.map((at) => headed(at, "col")));
    const body = rows.map(([label, ...cells]) => element("tr", "", headed(label, "row"),
      ...cells.map(worded)));
    const scroll = element("div", "scroll",
      element("table", "", element("thead", "", head), element("tbody", "", ...body)));
    scroll.tabIndex = 0;
    return scroll;
  };
  let current = 0; // the entity whose page is shown
  const choose = (at) => {
    const item = pages.items[at];
    current = at;
    chooser.value = String(at);
    document.getElementById("profile").replaceChildren(
      element("h3", "", ...spansOf(item.name)),
      ...item.parts.flatMap(([title, ...sentences]) => [
        ...(wording(title)[0] ? [element("h4", "", ...spansOf(title))] : []),
        element("ul", "reading", ...sentences.map((text) => element("li", "", ...spansOf(text))))]),
      ...line(item.series),
      ...item.tables.flatMap(([at, ...rows]) => {
        const form = pages.forms[at];
        return [element("h4", "", ...spansOf(form.title)), grid(form, rows),
          ...(form.notes.length ? [element("ul", "notes", ...form.notes.map((text) => element("li", "", ...spansOf(text))))] : [])];
      }));
  };
  const [search, order, count, finder] = ["city-search", "city-order", "city-count", "find"].map((id) => document.getElementById(id));
  const ORDERS = ["name", "score", "rank"];
  // Case, accents, blanks and hyphens do not count: "xian" is found as Xi'an.
  const folded = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f\s'’·.-]/g, "").toLowerCase();
  const matching = (text) => {
    const wanted = folded(text);
    const places = [...pages.items.keys()];
    if (!wanted) return places;
    const fits = (test) => places.filter((at) => [pages.items[at].key, ...wording(pages.items[at].name)].map(folded).some(test));
    return [...new Set([...fits((name) => name.startsWith(wanted)), ...fits((name) => name.includes(wanted))])];
  };
  const ranked = (places, by) => {
    const words = new Intl.Collator(root.lang);
    const value = (at) => pages.items[at][by] ?? NaN;
    const apart = (a, b) => by === "name" ? words.compare(sayIn(pages.items[a].name), sayIn(pages.items[b].name))
      : Number.isNaN(value(a)) - Number.isNaN(value(b)) || (by === "score" ? value(b) - value(a) : value(a) - value(b)) || 0;
    return [...places].sort(apart);
  };
  const labelled = (at, by) => {
    const { name, score, rank } = pages.items[at];
    const number = by === "score" ? score?.toFixed(3) : rank;
    return by === "name" || number === undefined || number === null ? sayIn(name) : `${sayIn(name)}  ${number}`;
  };
  const listPages = () => {
    const by = order.value || ORDERS[0];
    order.replaceChildren(...ORDERS.map((key, i) => new Option(sayIn(pages.orders[i]), key)));
    order.value = by;
    // What begins with the words stands first, whatever the order.
    const found = matching(search.value);
    const begins = found.filter((at) => folded(sayIn(pages.items[at].name)).startsWith(folded(search.value)));
    const listed = search.value.trim() ? [...new Set([...ranked(begins, by), ...ranked(found, by)])] : ranked(found, by);
    chooser.replaceChildren(...listed.map((at) => new Option(labelled(at, by), String(at))));
    count.textContent = search.value.trim() ? `${listed.length} / ${pages.items.length}` : "";
    if (listed.includes(current)) chooser.value = String(current);
    document.getElementById("city-names").replaceChildren(...ranked(matching(""), "name").map((at) => new Option(sayIn(pages.items[at].name), sayIn(pages.items[at].name))));
    return listed;
  };
  const openPages = () => {
    const step = (by) => {
      const listed = [...chooser.options].map((option) => Number(option.value));
      if (listed.length) choose(listed[(Math.max(0, listed.indexOf(current)) + by + listed.length) % listed.length]);
    };
    listPages();
    chooser.addEventListener("change", () => choose(Number(chooser.value)));
    search.addEventListener("input", () => {
      const [first] = listPages();
      if (first !== undefined) choose(first);
    });
    order.addEventListener("change", listPages);
    const go = (event) => {
      event.preventDefault();
      const wanted = finder.querySelector("input").value;
      const [first] = wanted.trim() ? matching(wanted) : [];
      if (first === undefined) return;
      search.value = "";
      listPages();
      choose(first);
      const heading = document.getElementById("profile").querySelector("h3");
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      heading.scrollIntoView();
    };
    finder.addEventListener("submit", go);
    finder.querySelector("input").addEventListener("change", go);
    finder.hidden = false;
    document.getElementById("city-before").addEventListener("click", () => step(-1));
    document.getElementById("city-after").addEventListener("click", () => step(1));
    const wanted = new URLSearchParams(location.search).get("city");
    choose(Math.max(0, pages.items.findIndex((item) => item.key === wanted)));
  };

  const listings = []; // what lists words of tables again when the language changes
  const button = document.getElementById("language");
  const speak = (language) => {
    root.lang = language;
    if (chooser && pages) listPages();
    for (const list of listings) list();
    const heading = [...document.querySelectorAll("h1, h1 > span")].pop();
    document.title = (document.querySelector(`h1 > [lang="${language}"]`) ?? heading).textContent;
    return drawAll();
  };
  button?.addEventListener("click", () => {
    const language = root.lang === "zh" ? "en" : "zh";
    remember(language);
    speak(language);
  });
  const number = (text) => {
    const plain = text.trim().replaceAll(",", "").replace("−", "-").replace("e−", "e-").replace(/[()<>%*]/g, "");
    return plain === "" ? NaN : Number(plain);
  };
  const valueOf = (text) => {
    const value = number(text);
    return Number.isNaN(value) ? text.trim() : value;
  };
  const cellValue = (cell) => {
    if (cell.dataset.v !== undefined) return Number(cell.dataset.v);
    return valueOf((cell.querySelector(`[lang="${root.lang}"]`) ?? cell).textContent);
  };
  const wordValue = (at) => valueOf(sayIn(at));
  const isMissing = (value) => value === "" || value === "—";
  // What has no number, and after it what is missing, stays below whichever way the numbers run.
  const compare = (a, b, words, sign) => {
    if (typeof a === "number" && typeof b === "number") return (a - b) * sign;
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    if (isMissing(a) || isMissing(b)) return isMissing(a) - isMissing(b);
    return words.compare(a, b) * sign;
  };
  const worded = (at) => element("td", wording(at).some((text) => text.length > 16) ? "t" : "", ...spansOf(at));
  const numbered = (at, [before, after]) => {
    const text = wording(at)[0];
    if (Number.isNaN(number(text)) || (after && !text.includes("."))) return worded(at);
    const point = text.includes(".") ? text.indexOf(".") : text.length;
    return element("td", "", element("span", `n a w${before}`, text.slice(0, point)), element("span", `n b w${after}`, text.slice(point)));
  };
  const STEP = 50;
  // The rows of a table: elements that stand in it, or data of the page that become elements when they are shown.
  const rowsOf = (table) => [...table.tBodies[0].rows].map((row) => ({
    row: () => row, text: () => row.textContent.toLowerCase(), value: (at) => cellValue(row.cells[at]),
    isFixed: row.classList.contains("rule"),
  }));
  const rowsOfData = ({ widths, rows }) => rows.map((places) => ({
    row: () => element("tr", "", headed(places[0], "row"), ...places.slice(1).map((at, i) => numbered(at, widths[i]))),
    text: () => places.map((at) => wording(at).join(" ")).join(" ").toLowerCase(),
    value: (at) => wordValue(places[at]),
    isFixed: false,
  }));
  const serve = (table) => {
    const figure = table.closest("figure");
    const data = pages?.tables[figure.id.replace("table-", "")];
    const [search, count, more] = ["input[type=search]", ".count", ".more"].map((part) => figure.querySelector(part));
    let rows = data ? rowsOfData(data) : rowsOf(table);
    let most = data ? STEP : Infinity;
    const show = () => {
      const wanted = (search?.value ?? "").trim().toLowerCase();
      const matching = rows.filter((entry) => !entry.isFixed && (!wanted || entry.text().includes(wanted)));
      const shown = matching.slice(0, most);
      table.tBodies[0].replaceChildren(...[...shown, ...rows.filter((entry) => entry.isFixed)].map((entry) => entry.row()));
      if (count) count.textContent = `${shown.length} / ${rows.length}`;
      if (more) more.hidden = shown.length === matching.length;
    };
    const sort = (heading) => {
      const at = [...heading.parentElement.children].indexOf(heading);
      const down = heading.getAttribute("aria-sort") === "ascending";
      const keyed = rows.map((entry) => [entry.isFixed ? "" : entry.value(at), entry]);
      const words = new Intl.Collator(root.lang);
      keyed.sort(([a], [b]) => compare(a, b, words, down ? -1 : 1));
      rows = keyed.map(([, entry]) => entry);
      for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      show();
    };
    for (const heading of table.tHead.rows[table.tHead.rows.length - 1].cells) {
      if (!heading.textContent.trim()) continue;
      const press = document.createElement("button");
      press.type = "button";
      press.append(...heading.childNodes);
      press.addEventListener("click", () => sort(heading));
      heading.append(press);
    }
    search?.addEventListener("input", () => { most = data ? STEP : Infinity; show(); });
    more?.addEventListener("click", () => { most += STEP * 10; show(); });
    if (search) search.closest(".finder").hidden = false;
    if (search) show();
  };

  // A number of a table of regressions: its address, as `xinzhi explain` takes it, and the equation that was estimated.
  const STD_ERROR = ":std_error";
  const lead = (box) => {
    const figure = box.closest("figure");
    const table = figure.querySelector("table");
    const [rows, columns] = ["select.row", "select.column"].map((part) => box.querySelector(part));
    const shownIn = (cell) => (cell?.querySelector(`[lang="${root.lang}"]`) ?? cell)?.textContent.trim() ?? "";
    const keyed = [...table.tBodies[0].rows].filter((row) => row.dataset.key && box.dataset.keys.split("\n").includes(row.dataset.key));
    const list = () => {
      const [row, column] = [rows.selectedIndex, columns.selectedIndex];
      rows.replaceChildren(...keyed.map((each) => new Option(shownIn(each.cells[0]), each.dataset.key)));
      const headings = [...table.tHead.rows[table.tHead.rows.length - 1].cells].slice(1);
      columns.replaceChildren(...headings.map((each, at) => new Option(shownIn(each) || `(${at + 1})`, String(at + 1))));
      [rows.selectedIndex, columns.selectedIndex] = [Math.max(row, 0), Math.max(column, 0)];
    };
    const say = (number = "") => {
      const address = [`table${figure.id.replace("table-", "")}`, `col${columns.value}`, rows.value, ...(number ? [number] : [])].join(".");
      box.querySelector("code").textContent = `xinzhi explain study.yaml ${/[^\w.]/.test(address) ? `"${address}"` : address}`;
    };
    const own = figure.dataset.id;
    const model = [...document.querySelectorAll(".equation")].find(({ dataset: { id } }) => id === own || id.startsWith(`${own}_`));
    if (model) {
      const place = box.querySelector(".model");
      Object.assign(place.querySelector("a"), { href: `#${model.id}`, textContent: model.querySelector(".number").textContent });
      place.hidden = false;
    }
    table.tBodies[0].addEventListener("click", ({ target }) => {
      const cell = target.closest("td");
      const key = cell?.parentElement.dataset.key ?? "";
      const name = key.replace(STD_ERROR, "");
      if (!cell || cell.cellIndex < 1 || !keyed.some((row) => row.dataset.key === name)) return;
      box.open = true;
      [rows.value, columns.value] = [name, String(cell.cellIndex)];
      say(key === name ? "" : "se");
    });
    for (const select of [rows, columns]) select.addEventListener("change", () => say());
    list();
    say();
    box.hidden = false;
    return list;
  };

  const start = async () => {
    const asked = new URLSearchParams(location.search).get("lang") ?? remembered();
    root.lang = button && ["zh", "en"].includes(asked) ? asked : root.lang;
    const text = document.getElementById("data")?.textContent;
    if (text) pages = await unpack(text);
    if (chooser) openPages();
    for (const table of document.querySelectorAll("table.sortable")) serve(table);
    for (const box of document.querySelectorAll(".trace")) listings.push(lead(box));
    await speak(root.lang);
    // Charts have moved what the address names.
    document.getElementById(location.hash.slice(1))?.scrollIntoView();
  };
  start();

  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const watch = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) links.get(target.id)?.classList.toggle("here", isIntersecting);
  }, { rootMargin: "-10% 0px -70% 0px" });
  for (const section of document.querySelectorAll("main > section")) watch.observe(section);
})();
