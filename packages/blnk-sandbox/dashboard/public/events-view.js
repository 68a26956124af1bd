import { h, icon, pill, time } from "./elements.js";

const KINDS = { probe: "URL check", install: "Install", uninstall: "Uninstall", launch: "Launch" };
const DELIVERIES = { first: null, copy: "copy", late: "arrived late" };

const SHOWN = 200;

/** Events that stay open although the list is drawn again. */
const opened = new Set();

export function eventsView({ state, events }) {
  return [
    h(
      "header",
      { class: "page-header" },
      h(
        "div",
        {},
        h("h1", {}, "Event log"),
        h("p", {}, "Every request sent to the apps, and what they answered. Keys are shown by their prefix."),
      ),
    ),
    events.length === 0
      ? h(
          "section",
          { class: "empty" },
          icon("events"),
          h("h2", {}, "Nothing sent yet"),
          h("p", {}, "Install an app: the event and the app's answer appear here."),
        )
      : h("div", { class: "card" }, eventList(events.slice(-SHOWN), state, "all")),
    events.length > SHOWN && h("p", { class: "quiet more" }, `The newest ${SHOWN} of ${events.length}.`),
  ];
}

/** Newest first. `list` tells the lists of a page apart. */
export function eventList(events, state, list) {
  return h(
    "ul",
    { class: "rows events" },
    events.toReversed().map((event) => eventRow(event, state, list)),
  );
}

function eventRow(event, state, list) {
  const key = `${list}-${event.id}`;
  const where = state.instances.find(({ id }) => id === event.sent?.instance_id)?.name;
  const delivery = DELIVERIES[event.delivery];
  const remember = (toggle) => (toggle.currentTarget.open ? opened.add(key) : opened.delete(key));
  return h(
    "li",
    {},
    h(
      "details",
      { open: opened.has(key), ontoggle: remember },
      h(
        "summary",
        { id: `event-${key}` },
        icon("chevron"),
        h("strong", {}, KINDS[event.kind], delivery && h("span", { class: "quiet" }, ` · ${delivery}`)),
        h("span", { class: "quiet where" }, where ?? event.sent?.instance_id ?? "Registration"),
        h("span", { class: "outcome" }, outcomePill(event)),
        h("span", { class: "quiet ms" }, `${event.ms} ms`),
        time(event.at),
      ),
      h(
        "div",
        { class: "bodies" },
        body(event, "Sent", event.sent ? JSON.stringify(event.sent, null, 2) : "GET, without a body"),
        body(event, "Answered", readable(event.answer) || "Nothing"),
      ),
    ),
  );
}

function outcomePill({ outcome, status, kind }) {
  if (outcome === "timed_out") return pill("attention", "clock", "Timed out");
  if (outcome === "unreachable") return pill("bad", "bad", "Not reached");
  const good = kind === "probe" ? status < 500 : status >= 200 && status < 300;
  return good ? pill("good", "good", String(status)) : pill("bad", "bad", String(status));
}

function body(event, title, text) {
  return h(
    "div",
    {},
    h("p", {}, title),
    h("pre", { tabindex: "0", role: "group", "aria-label": `${title}, event ${event.id}` }, text),
  );
}

function readable(answer) {
  try {
    return JSON.stringify(JSON.parse(answer), null, 2);
  } catch {
    return answer;
  }
}
