import { copyable, h, icon, logo, pill, time } from "./elements.js";
import { eventList } from "./events-view.js";
import { VIEWS } from "./portal-panel.js";

const STATES = {
  installing: ["attention", "busy", "Installing"],
  active: ["good", "good", "Installed"],
  uninstalling: ["attention", "busy", "Uninstalling"],
  uninstalled: ["quiet", "none", "Uninstalled"],
  cancelled: ["bad", "bad", "Install failed"],
};

const RECENT_EVENTS = 6;

export function appsView({ state, events, view }, actions) {
  const register = h(
    "button",
    {
      type: "button",
      id: "register",
      class: state.apps.length === 0 ? "button primary" : "button",
      onclick: actions.register,
    },
    icon("plus"),
    "Register app",
  );
  return [
    h(
      "header",
      { class: "page-header" },
      h("div", {}, h("h1", {}, "Apps"), h("p", {}, "Custom Apps of this organization")),
      register,
    ),
    state.apps.length === 0
      ? h(
          "section",
          { class: "empty" },
          icon("apps"),
          h("h2", {}, "No app yet"),
          h(
            "p",
            {},
            "Register an app with its callback and portal URLs. You can then install it and open it here.",
          ),
        )
      : state.apps.map((app) => appCard(app, state, events, view, actions)),
  ];
}

function appCard(app, state, events, view, actions) {
  const own = events.filter(({ sent }) => sent?.app_id === app.app_id);
  return h(
    "article",
    { class: "card", "aria-label": app.display_name },
    h(
      "div",
      { class: "card-header" },
      logo(app),
      h(
        "div",
        {},
        h("h2", {}, app.display_name),
        app.developer_name !== "" && h("p", { class: "quiet" }, app.developer_name),
      ),
    ),
    app.description !== "" && h("p", { class: "description" }, app.description),
    h(
      "dl",
      { class: "facts" },
      fact("App id", copyable(app.app_id, "app id")),
      fact("Launch access", app.launch_access.join(", ").replace("everyone", "Everyone in the workspace")),
      fact("Registration callback", copyable(app.registration_callback_url, "registration callback URL")),
      fact("Portal generator", copyable(app.portal_generator_url, "portal generator URL")),
      fact("Permissions", scopes(app.permissions)),
    ),
    h("div", { class: "section-header" }, h("h3", {}, "Installs"), viewChoice(app, view, actions)),
    h(
      "ul",
      { class: "rows" },
      state.instances.map((instance) => installRow(app, instance, state.installs, actions)),
    ),
    h(
      "div",
      { class: "section-header" },
      h("h3", {}, "Recent events"),
      own.length > RECENT_EVENTS && h("a", { href: "#/events" }, "All events"),
    ),
    own.length === 0
      ? h("p", { class: "quiet none" }, "What is sent to the app, and what it answers, appears here.")
      : eventList(own.slice(-RECENT_EVENTS), state, `recent-${app.app_id}`),
  );
}

function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function scopes(names) {
  if (names.length === 0) return h("span", { class: "quiet" }, "No permissions");
  return h(
    "span",
    { class: "scopes" },
    names.map((name) => h("code", {}, name)),
  );
}

function viewChoice(app, chosen, actions) {
  const legend = `views-${app.app_id}`;
  return h(
    "div",
    { class: "views", role: "radiogroup", "aria-labelledby": legend },
    h("span", { id: legend, class: "quiet" }, "Opens in"),
    h(
      "div",
      { class: "segments" },
      VIEWS.map(({ view, label, icon: name }) => {
        const id = `${legend}-${view}`;
        const input = h("input", {
          type: "radio",
          id,
          name: legend,
          value: view,
          checked: view === chosen,
          onchange: () => actions.chooseView(view),
        });
        return h("label", { for: id, title: label }, input, icon(name), h("span", {}, label));
      }),
    ),
  );
}

function installRow(app, instance, installs, actions) {
  const install = installs.findLast((it) => it.app_id === app.app_id && it.instance_id === instance.id);
  const live = install && install.state !== "uninstalled" && install.state !== "cancelled";
  const state = install ? STATES[install.state] : ["quiet", "none", "Not installed"];
  return h(
    "li",
    { class: "install", "data-instance": instance.id, "data-state": install?.state ?? "none" },
    h("div", { class: "who" }, h("strong", {}, instance.name), copyable(instance.id, "instance id")),
    h("div", { class: "state" }, pill(...state)),
    h(
      "div",
      { class: "grant" },
      live && scopes(install.granted_permissions),
      live &&
        h(
          "small",
          { class: "quiet" },
          "key ",
          h("code", {}, `${install.api_key_prefix}…`),
          install.installed_at && [" · since ", time(install.installed_at)],
        ),
      install?.failure && h("small", { class: "failure" }, failureWords(install)),
    ),
    h("div", { class: "row-actions" }, rowActions(app, instance, install, live, actions)),
  );
}

function failureWords(install) {
  const what = install.state === "cancelled" ? "Cancelled and its key revoked" : "Not uninstalled";
  return `${what}: ${install.failure}.`;
}

function rowActions(app, instance, install, live, actions) {
  const button = (verb, kind, onclick, disabled = false) =>
    h(
      "button",
      {
        type: "button",
        id: `${verb}-${app.app_id}-${instance.id}`.toLowerCase(),
        class: `button ${kind}`,
        "aria-label": `${verb} ${app.display_name} on ${instance.name}`,
        disabled,
        onclick,
      },
      verb,
    );
  if (!live) return button("Install", "primary", () => actions.install(app, instance));
  const waiting = install.state !== "active";
  return [
    button("Uninstall", "", () => actions.uninstall(app, instance, install), waiting),
    button("Launch", "primary", () => actions.launch(app, instance, install), waiting),
  ];
}
