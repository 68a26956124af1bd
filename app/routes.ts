import { index, route, type RouteConfig } from "@react-router/dev/routes";

/** Every URL but the two that Blnk Cloud calls (`routes/serve-blnk.server.ts`). */
export default [
  index("routes/front.ts"),
  route("healthz", "routes/healthz.ts"),
  route("readyz", "routes/readyz.ts"),

  // What people see, embedded in Cloud's dashboard.
  route("portal/enter", "routes/enter.ts"),
  route("portal/:launchId", "routes/portal/layout.tsx", [
    index("routes/portal/overview.tsx"),
    route("balances", "routes/portal/balances.tsx"),
    route("balances.csv", "routes/portal/balances-csv.ts"),
    route("balances/:balanceId", "routes/portal/balance.tsx"),
    route("transactions", "routes/portal/transactions.tsx"),
    route("transactions.csv", "routes/portal/transactions-csv.ts"),
    route("transactions/:transactionId", "routes/portal/transaction.tsx"),
    route("transactions/:transactionId/:kind", "routes/portal/transaction-action.tsx"),
    route("adjustment", "routes/portal/adjustment.tsx"),
    route("actions/:actionId", "routes/portal/action.tsx"),
    route("ledgers", "routes/portal/ledgers.tsx"),
    route("ledgers.csv", "routes/portal/ledgers-csv.ts"),
    route("ledgers/:ledgerId", "routes/portal/ledger.tsx"),
    route("identities", "routes/portal/identities.tsx"),
    route("identities/:identityId", "routes/portal/identity.tsx"),
    route("alerts", "routes/portal/alerts.tsx"),
    route("alerts/:anomalyId", "routes/portal/alert.tsx"),
    route("flag/:entityId", "routes/portal/flag.tsx"),
    route("note/:entityId", "routes/portal/note.tsx"),
    route("activity", "routes/portal/activity.tsx"),
    route("activity.csv", "routes/portal/activity-csv.ts"),
    route("monitors", "routes/portal/monitors.tsx"),
    route("monitors/new", "routes/portal/monitor-new.tsx"),
    route("monitors/transfer", "routes/portal/monitors-transfer.tsx"),
    route("monitors/webhook", "routes/portal/monitors-webhook.tsx"),
    route("monitors/:monitorId", "routes/portal/monitor.tsx"),
    route("monitors/:monitorId/edit", "routes/portal/monitor-edit.tsx"),
    route("monitors/:monitorId/delete", "routes/portal/monitor-delete.tsx"),
    route("display", "routes/portal/display.ts"),
    route("precision", "routes/portal/precision.tsx"),
    route("monitors/export", "routes/portal/monitors-export.ts"),
    route("monitors/import", "routes/portal/monitors-import.ts"),
    route("end", "routes/portal/end-session.ts"),
    route("new-tab", "routes/portal/new-tab.ts"),
  ]),

  // What the operator sees.
  route("ops/sign-in", "routes/ops/sign-in.tsx"),
  route("ops", "routes/ops/layout.tsx", [
    index("routes/ops/overview.tsx"),
    route("installs", "routes/ops/installs.tsx"),
    route("installs/:installedAppId", "routes/ops/install.tsx"),
    route("installs/:installedAppId/gone", "routes/ops/install-gone.tsx"),
    route("sessions", "routes/ops/sessions.tsx"),
    route("events", "routes/ops/events.tsx"),
    route("jobs", "routes/ops/jobs.tsx"),
    route("promises", "routes/ops/promises.tsx"),
    route("audit", "routes/ops/audit.tsx"),
    route("sign-out", "routes/ops/sign-out.ts"),
  ]),

  route("*", "routes/not-found.ts"),
] satisfies RouteConfig;
