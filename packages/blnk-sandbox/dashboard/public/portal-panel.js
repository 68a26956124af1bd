import { h, icon, logo } from "./elements.js";

export const VIEWS = [
  { view: "floating", label: "Floating", icon: "floating" },
  { view: "side", label: "Side panel", icon: "side" },
  { view: "full", label: "Full screen", icon: "full" },
  { view: "tab", label: "New tab", icon: "tab" },
];

let panel = null;
let closed = () => {};

/** Shows a launched portal. Only one is open at a time, as in Cloud. */
export function openPanel({ app, instance, portalUrl, view, onclose, onview }) {
  closePanel();
  const frame = h("iframe", {
    src: portalUrl,
    title: `${app.display_name} on ${instance.name}`,
    allow: "clipboard-write",
  });
  const reload = () => {
    frame.src = portalUrl;
  };
  const show = (next) => {
    onview(next);
    place(next);
  };
  panel = h(
    "section",
    { class: "portal", "aria-label": `${app.display_name} on ${instance.name}` },
    h(
      "header",
      {},
      logo(app),
      h("div", { class: "portal-name" }, h("strong", {}, app.display_name), h("small", {}, instance.name)),
      VIEWS.filter(({ view: it }) => it !== "tab").map(({ view: it, label, icon: name }) =>
        tool(label, name, () => show(it), { "data-view": it }),
      ),
      tool("Reload", "reload", reload),
      h(
        "a",
        {
          class: "tool",
          href: portalUrl,
          target: "_blank",
          rel: "noopener",
          title: "Open in a new tab",
          "aria-label": "Open",
        },
        icon("open"),
      ),
      tool("Close", "close", closePanel),
    ),
    frame,
  );
  closed = onclose;
  place(view);
  panel.querySelector("button").focus();
}

export function closePanel() {
  if (!panel) return;
  panel.remove();
  panel = null;
  setView("none");
  closed();
}

export function isPanelOpen() {
  return panel !== null;
}

/** Moving an iframe in the document loads it again from the same URL: Cloud's dashboard does the same. */
function place(view) {
  document.querySelector(`#host-${view}`).append(panel);
  setView(view);
  for (const button of panel.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
}

function setView(view) {
  document.body.dataset.view = view;
  document.querySelector("main").inert = view === "full";
  document.querySelector("nav").inert = view === "full";
}

function tool(label, name, onclick, attributes = {}) {
  return h(
    "button",
    { type: "button", class: "tool", title: label, "aria-label": label, onclick, ...attributes },
    icon(name),
  );
}
