// The page `study`.
export async function show(root, { el, t }) {
  root.append(el("h2", {}, t("tab.study")));
}
