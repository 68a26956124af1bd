import { getJson, postJson } from "./api.js";
import { appsView } from "./apps-view.js";
import { openInstallDialog, openRegisterDialog, openUninstallDialog } from "./dialogs.js";
import { eventsView } from "./events-view.js";
import { closePanel, isPanelOpen, openPanel } from "./portal-panel.js";

const PAGES = {
  apps: { title: "Apps", view: appsView },
  events: { title: "Event log", view: eventsView },
};
const POLL_MS = 2_000;

const model = { state: null, events: [], view: "floating" };
let drawn = "";
let framed = null;

const actions = {
  register: () =>
    openRegisterDialog(model.state.permissions, async (manifest) => {
      await postJson("api/apps", manifest);
      location.reload();
    }),

  install: (app, instance) =>
    openInstallDialog(app, instance, async (granted) => {
      const grant = { app_id: app.app_id, instance_id: instance.id, granted_permissions: granted };
      await change("api/installs", grant);
      notify(`${app.display_name} is installed on ${instance.name}.`);
    }),

  uninstall: (app, instance, install) =>
    openUninstallDialog(app, instance, async () => {
      await change(`api/installs/${install.installed_app_id}/uninstall`);
      notify(`${app.display_name} is uninstalled from ${instance.name}.`);
    }),

  launch: async (app, instance, install) => {
    // A tab must be opened by the click itself; after the answer it would count as a pop-up.
    const tab = model.view === "tab" ? window.open("about:blank", "_blank") : null;
    notify("");
    const launcher = document.activeElement?.id ?? "";
    try {
      const { portal_url } = await change(`api/installs/${install.installed_app_id}/launch`);
      if (tab) {
        tab.opener = null;
        tab.location.replace(portal_url);
      } else {
        openPanel({
          app,
          instance,
          portalUrl: portal_url,
          view: model.view,
          onview: actions.chooseView,
          onclose: () => document.querySelector(`#${CSS.escape(launcher)}`)?.focus(),
        });
      }
    } catch (error) {
      tab?.close();
      notify(`${app.display_name} did not open: ${error.message}.`, "bad");
    }
  },

  chooseView: (view) => {
    model.view = view;
    draw();
  },
};

async function change(path, body) {
  try {
    return await postJson(path, body);
  } finally {
    await refresh();
  }
}

async function refresh() {
  const last = model.events.at(-1)?.id ?? 0;
  const [state, { events }] = await Promise.all([getJson("api/state"), getJson(`api/events?after=${last}`)]);
  framed ??= state.apps.length;
  // The page's policy frames the portals that were known when it was loaded: a new app needs it loaded anew.
  if (state.apps.length !== framed && !isPanelOpen() && !document.querySelector("dialog")) location.reload();
  model.state = state;
  // Two refreshes may overlap.
  model.events.push(...events.filter(({ id }) => id > (model.events.at(-1)?.id ?? 0)));
  draw();
}

/** Draws the page when something changed, and gives the focus back to the element that had it. */
function draw() {
  if (!model.state) return;
  const name = location.hash.slice(2) in PAGES ? location.hash.slice(2) : "apps";
  const next = JSON.stringify([name, model]);
  if (next === drawn) return;
  drawn = next;
  const focused = document.activeElement?.id;
  document.querySelector("#organization").textContent = model.state.organization.name;
  document.querySelector("main").replaceChildren(...PAGES[name].view(model, actions).flat().filter(Boolean));
  document.title = `${PAGES[name].title} · Blnk Cloud sandbox`;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.dataset.page === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (focused) document.querySelector(`#${CSS.escape(focused)}`)?.focus();
}

let quiet = 0;

function notify(words, tone = "good") {
  const notice = document.querySelector("#notice");
  notice.className = tone;
  notice.textContent = words;
  clearTimeout(quiet);
  quiet = setTimeout(() => notice.replaceChildren(), 6_000);
}

function showTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}

document.querySelector("#theme").addEventListener("click", () => {
  const shown = getComputedStyle(document.documentElement).getPropertyValue("--theme").trim();
  const next = shown === "dark" ? "light" : "dark";
  localStorage.setItem("theme", next);
  showTheme(next);
});
document.addEventListener("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
  if (effectiveDirective === "frame-src") notify(`This dashboard may not frame ${blockedURI}.`, "bad");
});
document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && !document.querySelector("dialog[open]")) closePanel();
});
window.addEventListener("hashchange", draw);
setInterval(() => {
  if (!document.hidden) refresh().catch(() => notify("The sandbox does not answer.", "bad"));
}, POLL_MS);
showTheme(localStorage.getItem("theme"));
await refresh();
