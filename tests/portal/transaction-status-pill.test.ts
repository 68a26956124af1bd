import { expect, test } from "vitest";

import { TransactionStatusPill } from "#app/portal/transactions/transaction-status-pill.tsx";
import { HOSTILE_TEXTS } from "#tests/ui/hostile-text.ts";
import { render, textOf } from "#tests/ui/render.ts";

test.each([
  ["APPLIED", "Applied"],
  ["INFLIGHT", "Inflight"],
  ["QUEUED", "Queued"],
  ["SCHEDULED", "Scheduled"],
  ["VOID", "Void"],
  ["REJECTED", "Rejected"],
])("the status %s is told by the word %s and an icon", (status, word) => {
  const markup = render(TransactionStatusPill, { status });
  expect(textOf(markup)).toBe(word);
  expect(markup).toContain("<svg");
});

test("a row without a status says so", () => {
  expect(textOf(render(TransactionStatusPill, { status: undefined }))).toBe("Not known");
});

test.each([...HOSTILE_TEXTS, "SETTLED", "__proto__", "constructor"])(
  "an unknown status %j is shown as it came",
  (status) => {
    expect(textOf(render(TransactionStatusPill, { status }))).toBe(status);
  },
);
