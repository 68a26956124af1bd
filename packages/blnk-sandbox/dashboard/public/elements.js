/** An element with attributes, `on…` listeners and children; falsy children are left out. */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false) node.setAttribute(name, value);
  }
  node.append(...children.flat().filter(Boolean));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

export function pill(tone, iconName, words) {
  return h("span", { class: `pill ${tone}` }, icon(iconName), words);
}

/** Shown as far as there is room; a click copies it whole. */
export function copyable(id, label) {
  const copy = async (event) => {
    const mark = event.currentTarget.querySelector("use");
    await navigator.clipboard.writeText(id);
    mark.setAttribute("href", "#icon-good");
    setTimeout(() => mark.setAttribute("href", "#icon-copy"), 1500);
  };
  return h(
    "button",
    { type: "button", class: "copy", title: id, onclick: copy },
    h("span", { class: "hidden" }, `Copy ${label}`),
    h("code", {}, id),
    icon("copy"),
  );
}

export function logo(app) {
  if (app.logo_url) return h("img", { class: "logo", src: app.logo_url, alt: "" });
  return h("span", { class: "logo", "aria-hidden": "true" }, app.display_name.slice(0, 1).toUpperCase());
}

const times = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function time(at) {
  return h("time", { datetime: new Date(at).toISOString(), title: dates.format(at) }, times.format(at));
}
