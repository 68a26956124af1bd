import type { Scope } from "#app/platform/permissions/scopes.ts";

/**
 * Who this app is. The name and slug are the only places that say "Tidemark": labels under which keys are sealed
 * and URLs derived, references and markers all start with the slug. Changing the slug of an app that has installs
 * makes its sealed keys unreadable and its URLs unknown.
 */
export const app = {
  name: "Tidemark",
  slug: "tidemark",
  developer: "Tidemark",
  description:
    "Watches balances and transactions, raises each alert once, and lets your team act on it here.",
} as const;

/** What each scope is for, in the words of the manifest; `actions` is asked for only when money may be moved here. */
export const scopeReasons: Record<Scope, { reason: string; actions: boolean }> = {
  "data:read": {
    reason: "Read ledgers, balances, transactions and identities to show and watch them.",
    actions: false,
  },
  "data:write": {
    reason:
      "Commit, void, refund and adjust transactions from the panel. Everyone who may launch the app can.",
    actions: true,
  },
  "alerts:read": {
    reason: "List alerts, and look an alert up before raising it again.",
    actions: false,
  },
  "alerts:write": {
    reason: "Raise alerts in Cloud and set their status.",
    actions: false,
  },
};
