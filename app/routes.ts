import { index, route, type RouteConfig } from "@react-router/dev/routes";

/** Every URL. */
export default [
  index("platform/routes/front.ts"),
  route("healthz", "platform/routes/healthz.ts"),
  route("readyz", "platform/routes/readyz.ts"),

  // What Blnk Cloud calls.
  route("api/callback/:urlToken", "platform/routes/callback.ts"),
  route("api/portal/:urlToken", "platform/routes/launch.ts"),

  // What people see, embedded in Cloud's dashboard.
  route("portal/enter", "platform/routes/enter.ts"),
  route("portal/:launchId", "platform/portal/shell/layout.tsx", [
    index("portal/overview/overview.tsx"),
    route("balances", "portal/balances/balances.tsx"),
    route("balances.csv", "portal/balances/balances-csv.ts"),
    route("balances/:balanceId", "portal/balances/balance.tsx"),
    route("transactions", "portal/transactions/transactions.tsx"),
    route("transactions.csv", "portal/transactions/transactions-csv.ts"),
    route("transactions/:transactionId", "portal/transactions/transaction.tsx"),
    route("transactions/:transactionId/:kind", "portal/actions/transaction-action.tsx"),
    route("adjustment", "portal/actions/adjustment.tsx"),
    route("actions/:actionId", "portal/actions/action.tsx"),
    route("ledgers", "portal/ledgers/ledgers.tsx"),
    route("ledgers.csv", "portal/ledgers/ledgers-csv.ts"),
    route("ledgers/:ledgerId", "portal/ledgers/ledger.tsx"),
    route("identities", "portal/identities/identities.tsx"),
    route("identities/:identityId", "portal/identities/identity.tsx"),
    route("alerts", "portal/alerts/alerts.tsx"),
    route("alerts/:anomalyId", "portal/alerts/alert.tsx"),
    route("flag/:entityId", "portal/alerts/flag.tsx"),
    route("note/:entityId", "portal/notes/note.tsx"),
    route("activity", "portal/activity/activity.tsx"),
    route("activity.csv", "portal/activity/activity-csv.ts"),
    route("monitors", "portal/monitors/monitors.tsx"),
    route("monitors/new", "portal/monitors/form/monitor-new.tsx"),
    route("monitors/transfer", "portal/monitors/transfer/monitors-transfer.tsx"),
    route("monitors/webhook", "portal/monitors/webhook/monitors-webhook.tsx"),
    route("monitors/:monitorId", "portal/monitors/detail/monitor.tsx"),
    route("monitors/:monitorId/edit", "portal/monitors/form/monitor-edit.tsx"),
    route("monitors/:monitorId/delete", "portal/monitors/detail/monitor-delete.tsx"),
    route("display", "platform/portal/display/change-display.ts"),
    route("precision", "platform/portal/precision/precision.tsx"),
    route("monitors/export", "portal/monitors/transfer/monitors-export.ts"),
    route("monitors/import", "portal/monitors/transfer/monitors-import.ts"),
    route("end", "platform/portal/shell/end-session.ts"),
    route("new-tab", "platform/portal/shell/new-tab.ts"),
  ]),

  // What the operator sees.
  route("ops/sign-in", "platform/ops/shell/sign-in.tsx"),
  route("ops", "platform/ops/shell/layout.tsx", [
    index("platform/ops/overview/overview.tsx"),
    route("installs", "platform/ops/installs/installs.tsx"),
    route("installs/:installedAppId", "platform/ops/installs/install.tsx", [
      index("actions/limits/limits.tsx"),
    ]),
    route("installs/:installedAppId/gone", "platform/ops/installs/install-gone.tsx"),
    route("sessions", "platform/ops/sessions/sessions.tsx"),
    route("events", "platform/ops/events/events.tsx"),
    route("jobs", "platform/ops/jobs/jobs.tsx"),
    route("promises", "platform/ops/promises/promises.tsx"),
    route("audit", "platform/ops/audit/audit.tsx"),
    route("sign-out", "platform/ops/shell/sign-out.ts"),
  ]),

  route("*", "platform/routes/not-found.ts"),
] satisfies RouteConfig;
