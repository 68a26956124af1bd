import { expect, test } from "vitest";

import { formFields } from "#app/platform/http/form-fields.ts";
import { readMonitor } from "#app/monitors/definition/read-monitors.ts";
import { monitorFormValues } from "#app/portal/monitors/form/monitor-form-values.server.ts";
import { monitorFormSchema } from "#app/portal/monitors/form/read-monitor-form.server.ts";

test("the form of a monitor ends with its twentieth mute", () => {
  const fields = formFields(monitorFormSchema);
  expect(fields.get("mute[19].days")).toEqual({ most: 7, isFile: false });
  expect(fields.has("mute[20].days")).toBe(false);
  expect(fields.has("select.meta_data")).toBe(true);
  expect(fields.has("state")).toBe(false);
});

test("the form of a monitor with twenty mutes has no row for another, and can be sent again", () => {
  const rows = (mutes: number) => {
    const mute = Array.from({ length: mutes }, () => ({ from: "01:00", to: "02:00" }));
    const { monitor } = readMonitor({ name: "New", kind: "new_balance", select: {}, condition: {}, mute });
    return monitorFormValues(monitor!)["mute"];
  };
  expect(rows(19)).toHaveLength(20);
  expect(rows(20)).toHaveLength(20);
});
