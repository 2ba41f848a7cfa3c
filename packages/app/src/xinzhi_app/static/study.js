// The page of the study: variables in boxes, a form of all options, and the text of the study file. Whatever is
// changed in one of them goes to the server, which keeps it and says what the other two show.
import { boxes } from "/static/boxes.js";
import { editor } from "/static/editor.js";
import { form } from "/static/form.js";
import { names } from "/static/names.js";

const PAUSE = 400; // milliseconds after the last key until what is typed is kept

let last = Promise.resolve(); // what was sent last; a page that is shown anew waits for it

export async function show(root, context) {
  const { study, api, el, t, tell, signal } = context;
  const place = `/api/studies/${encodeURIComponent(study)}`;
  const page = { ...context, state: null, known: null, columns: null, history: [] };
  let timer = 0; // of what is typed and not sent yet

  /** Send one thing after the other: each is made of the text that the one before gave. */
  const inTurn = (work) => (last = last.then(work, work));

  async function send(method, path, more) {
    const text = parts.editor.text();
    parts.editor.status(t("study.saving"));
    try {
      const state = await api(method, `${place}/${path}`, { text, revision: page.state.revision, ...more });
      if (page.state.text !== state.text) page.history.push(page.state.text);
      if (signal.aborted) page.state = state;
      else take(state, text);
      return true;
    } catch (error) {
      parts.editor.status(t("study.unsaved"));
      if (signal.aborted) return false;
      const code = error.problems?.[0]?.code;
      if (code === "app.changed") parts.editor.conflict(error.problems, resolve);
      else if (code === "app.box") parts.boxes.say(error.message);
      else tell(error);
      return false;
    }
  }

  /** Show what the server knows; what was typed in the meantime stays and is sent next. */
  function take(state, sent) {
    page.state = state;
    if (state.boxes) page.known = state;
    const { sources, panel, prepare } = page.known?.values ?? {};
    const made = JSON.stringify([sources, panel, prepare]);
    if (made !== page.made) read();
    page.made = made;
    if (sent === undefined || parts.editor.text() === sent) parts.editor.show(state);
    else typed();
    parts.boxes.draw();
    parts.names.draw();
    parts.form.draw();
  }

  /** Read the columns of the data; boxes and text are there before. */
  async function read() {
    try {
      page.columns = await api("GET", `${place}/columns`, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      page.columns = { columns: [], suggested: {}, problems: error.problems ?? [] };
    }
    parts.boxes.draw();
  }

  async function resolve(mine) {
    const text = parts.editor.text();
    const state = await api("GET", `${place}/text`);
    take(state);
    if (mine) await put(text);
  }

  function typed() {
    clearTimeout(timer);
    timer = setTimeout(flush, PAUSE);
  }

  function flush() {
    if (timer) inTurn(() => send("PUT", "text"));
    settle();
  }

  function settle() {
    clearTimeout(timer);
    timer = 0;
  }

  async function put(text) {
    parts.editor.write(text);
    return inTurn(() => send("PUT", "text"));
  }

  page.typed = typed;
  page.put = put;
  page.toText = () => parts.editor.toFirst();
  page.change = (wanted) => {
    settle();
    return inTurn(() => send("POST", "change", wanted));
  };
  page.undo = async () => {
    const before = page.history.pop();
    if (before === undefined) return;
    if (await put(before)) page.history.pop();
    parts.editor.show(page.state);
    parts.editor.say(t("study.undone"));
  };
  const parts = { boxes: boxes(page), names: names(page), form: form(page), editor: editor(page) };
  addEventListener("pagehide", flush, { signal });
  signal.addEventListener("abort", flush);

  root.append(
    el("div", { class: "two" },
      el("div", { class: "left" }, parts.boxes.root, parts.names.root, parts.form.root),
      el("div", { class: "right" }, parts.editor.root)));
  const described = api("GET", "/api/form");
  await last;
  take(await api("GET", `${place}/text`));
  page.fields = await described;
  parts.form.draw();
}
