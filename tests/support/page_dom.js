// Just enough of a browser for the scripts of our pages: elements, selectors, events. Made for tests, for node.
"use strict";

class Node {
  static TEXT_NODE = 3;
  constructor() { this.parentNode = null; this.childNodes = []; }
  get parentElement() { return this.parentNode instanceof Element ? this.parentNode : null; }
  remove() {
    if (!this.parentNode) return;
    this.parentNode.childNodes = this.parentNode.childNodes.filter((one) => one !== this);
    this.parentNode = null;
  }
}
class Text extends Node {
  constructor(text) { super(); this.nodeType = 3; this.nodeValue = String(text); }
  get textContent() { return this.nodeValue; }
}
const fitting = (element, compound) => {
  for (const [, kind, name, , wanted] of compound.matchAll(/([#.[]?)([\w-]+)(="?([^"\]]*)"?)?\]?/g)) {
    if (kind === "" && element.localName !== name) return false;
    if (kind === "#" && element.id !== name) return false;
    if (kind === "." && !element.classList.contains(name)) return false;
    if (kind === "[" && (wanted === undefined ? !element.hasAttribute(name) : element.getAttribute(name) !== wanted)) return false;
  }
  return true;
};
const matching = (element, selector) => selector.split(",").some((one) => {
  const steps = one.trim().replace(/\s*>\s*/g, " > ").split(/\s+/);
  const meets = (at, n) => {
    if (!fitting(at, steps[n])) return false;
    if (n === 0) return true;
    if (steps[n - 1] === ">") return at.parentElement !== null && meets(at.parentElement, n - 2);
    for (let above = at.parentElement; above; above = above.parentElement) if (meets(above, n - 1)) return true;
    return false;
  };
  return meets(element, steps.length - 1);
});
class Element extends Node {
  constructor(name) { super(); this.nodeType = 1; this.localName = name; this.attributes = new Map(); this.listeners = {}; this.properties = {}; }
  get tagName() { return this.localName.toUpperCase(); }
  get children() { return this.childNodes.filter((one) => one instanceof Element); }
  get textContent() { return this.childNodes.map((one) => one.textContent).join(""); }
  set textContent(text) { this.replaceChildren(text); }
  append(...parts) {
    for (const part of parts) {
      const made = part instanceof Node ? part : new Text(part);
      made.remove();
      made.parentNode = this;
      this.childNodes.push(made);
    }
  }
  replaceChildren(...parts) {
    for (const one of this.childNodes) one.parentNode = null;
    this.childNodes = [];
    this.append(...parts);
  }
  getAttribute(name) { return this.attributes.get(name) ?? null; }
  setAttribute(name, value) { this.attributes.set(name, String(value)); }
  hasAttribute(name) { return this.attributes.has(name); }
  removeAttribute(name) { this.attributes.delete(name); }
  get id() { return this.getAttribute("id") ?? ""; }
  get lang() { return this.getAttribute("lang") ?? ""; }
  set lang(value) { this.setAttribute("lang", value); }
  get className() { return this.getAttribute("class") ?? ""; }
  set className(value) { this.setAttribute("class", value); }
  get hash() { return (this.getAttribute("href") ?? "").replace(/^[^#]*/, ""); }
  get classList() {
    const own = () => this.className.split(/\s+/).filter(Boolean);
    return {
      contains: (name) => own().includes(name),
      toggle: (name, on = !own().includes(name)) => { this.className = [...own().filter((one) => one !== name), ...(on ? [name] : [])].join(" "); },
    };
  }
  get dataset() {
    const key = (name) => `data-${String(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    return new Proxy({}, {
      get: (_, name) => this.attributes.get(key(name)),
      set: (_, name, value) => { this.setAttribute(key(name), value); return true; },
    });
  }
  get value() { return this.properties.value ?? this.getAttribute("value") ?? (this.localName === "option" ? this.textContent : ""); }
  set value(value) { this.properties.value = String(value); }
  get hidden() { return this.hasAttribute("hidden"); }
  set hidden(value) { if (value) this.setAttribute("hidden", ""); else this.removeAttribute("hidden"); }
  get options() { return this.querySelectorAll("option"); }
  get tBodies() { return this.children.filter((one) => one.localName === "tbody"); }
  get tHead() { return this.children.find((one) => one.localName === "thead") ?? null; }
  get rows() { return this.querySelectorAll("tr"); }
  get cells() { return this.children.filter((one) => ["td", "th"].includes(one.localName)); }
  get colSpan() { return Number(this.getAttribute("colspan") ?? 1); }
  matches(selector) { return matching(this, selector); }
  closest(selector) { for (let at = this; at; at = at.parentElement) if (at.matches(selector)) return at; return null; }
  querySelectorAll(selector) {
    const found = [];
    const walk = (one) => { for (const child of one.children) { if (matching(child, selector)) found.push(child); walk(child); } };
    walk(this);
    return found;
  }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null; }
  addEventListener(kind, run) { (this.listeners[kind] ??= []).push(run); }
  removeEventListener() {}
  dispatch(kind, more = {}) { for (const run of this.listeners[kind] ?? []) run({ target: this, preventDefault() {}, ...more }); }
  click() { this.dispatch("click"); }
  focus() {}
  scrollIntoView() {}
}
class Document extends Element {
  constructor(root) { super("#document"); this.append(root); this.fonts = []; this.title = ""; }
  get documentElement() { return this.children[0]; }
  get body() { return this.querySelector("body"); }
  createElement(name) { return new Element(name); }
  createElementNS(_, name) { return new Element(name); }
  getElementById(id) { return this.querySelectorAll("*").find((one) => one.id === id) ?? null; }
  querySelectorAll(selector) {
    if (selector !== "*") return super.querySelectorAll(selector);
    const found = [];
    const walk = (one) => { for (const child of one.children) { found.push(child); walk(child); } };
    walk(this);
    return found;
  }
}
/** Build a document of nested lists: [name, {attributes}, [children]], or a text. */
const built = (tree) => {
  const make = (part) => {
    if (typeof part === "string") return new Text(part);
    const [name, attributes, children] = part;
    const made = new Element(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value ?? "");
    made.append(...children.map(make));
    return made;
  };
  return new Document(make(tree));
};
class Option extends Element {
  constructor(text, value) { super("option"); this.append(text); this.value = value; }
}
class IntersectionObserver { observe() {} }
const window = globalThis;
Object.assign(globalThis, { Node, Element, Option, IntersectionObserver, window });
