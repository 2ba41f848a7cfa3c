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
  };
  const drawAll = async () => {
    await Promise.all([...document.fonts].map((font) => font.load().catch(() => undefined)));
    for (const box of document.querySelectorAll(".drawing")) await draw(box);
    document.body.dataset.drawn = root.lang;
  };

  const button = document.getElementById("language");
  const speak = (language) => {
    root.lang = language;
    const heading = [...document.querySelectorAll("h1, h1 > span")].pop();
    document.title = (document.querySelector(`h1 > [lang="${language}"]`) ?? heading).textContent;
    return drawAll();
  };
  button?.addEventListener("click", () => {
    const language = root.lang === "zh" ? "en" : "zh";
    remember(language);
    speak(language);
  });
  const asked = new URLSearchParams(location.search).get("lang") ?? remembered();
  speak(button && ["zh", "en"].includes(asked) ? asked : root.lang);

  const value = (cell) => (cell.dataset.v === undefined ? cell.textContent.trim() : Number(cell.dataset.v));
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
    return a.localeCompare(b, root.lang);
  };
  const sort = (table, heading) => {
    const at = [...heading.parentElement.children].indexOf(heading);
    const down = heading.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const fixed = rows.filter((row) => row.classList.contains("rule"));
    const moving = rows.filter((row) => !fixed.includes(row));
    moving.sort((a, b) => compare(value(a.cells[at]), value(b.cells[at])) * (down ? -1 : 1));
    for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...moving, ...fixed);
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    for (const heading of table.tHead.rows[table.tHead.rows.length - 1].cells) {
      if (!heading.textContent.trim()) continue;
      const press = document.createElement("button");
      press.type = "button";
      press.append(...heading.childNodes);
      press.addEventListener("click", () => sort(table, heading));
      heading.append(press);
    }
  }

  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const watch = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) links.get(target.id)?.classList.toggle("here", isIntersecting);
  }, { rootMargin: "-10% 0px -70% 0px" });
  for (const section of document.querySelectorAll("main > section")) watch.observe(section);
})();
