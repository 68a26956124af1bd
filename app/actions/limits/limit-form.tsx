import { Form } from "react-router";

import type { ActionLimit } from "./action-limits.server.ts";
import { Button } from "#app/ui/button.tsx";
import { TextField } from "#app/ui/field.tsx";

/** One currency's limits, or a form for a new one. */
export function LimitForm({
  limit,
  problems = {},
}: {
  limit?: ActionLimit;
  problems?: Record<string, string[] | null> | undefined;
}) {
  return (
    <Form method="post" className="grid items-start gap-2 sm:grid-cols-[8rem_1fr_1fr_auto]">
      <TextField
        label="Currency"
        name="currency"
        defaultValue={limit?.currency}
        readOnly={limit !== undefined}
        required
        maxLength={32}
        error={problems["currency"]?.[0]}
      />
      <TextField
        label="Most by one action"
        name="per_action"
        defaultValue={limit?.per_action ?? ""}
        inputMode="decimal"
        maxLength={60}
        error={problems["per_action"]?.[0]}
      />
      <TextField
        label="Most in one day"
        name="per_day"
        defaultValue={limit?.per_day ?? ""}
        inputMode="decimal"
        maxLength={60}
        error={problems["per_day"]?.[0]}
      />
      <span className="sm:mt-5">
        <Button type="submit">{limit ? "Save" : "Add"}</Button>
      </span>
    </Form>
  );
}
