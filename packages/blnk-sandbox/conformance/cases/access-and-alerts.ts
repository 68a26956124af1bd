import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { Case } from "../case.ts";
import { assertRefused, assertText } from "../scene.ts";

/** `readOnlyKey` is a key of the same instance with `data:read` alone, where the caller has one. */
export function accessAndAlertCases(readOnlyKey: string | undefined): Case[] {
  return [
    {
      number: 59,
      title: "a call needs a key, its instance and its scope",
      run: async ({ target }) => {
        const list = (access: { key?: string; instanceId?: string }) =>
          target.send("GET", "/data/ledgers", undefined, access);
        assertRefused(await list({ instanceId: "" }), 400);
        assertRefused(await list({ instanceId: `inst_${randomUUID()}` }), 403);
        assertRefused(await list({ key: "" }), 401);
        assertRefused(await list({ key: `blnk_${randomUUID()}` }), 401);
        if (readOnlyKey === undefined) return "no read-only key was given: its write was not tried";
        const access = { key: readOnlyKey };
        assert.equal((await list(access)).status, 200);
        assertRefused(await target.send("POST", "/proxy/ledgers", '{"name":"Refused"}', access), 403);
        return undefined;
      },
    },
    {
      number: 63,
      title: "an alert needs a description, a status a known colour, and a used status stays",
      run: async ({ target, a }) => {
        assertClientError((await target.post(`/alerts/flag/${a}`, { title: "No description" })).status);
        const name = `Conformance ${randomUUID()}`;
        assertClientError((await target.post("/alerts/statuses", { name, colour: "#123456" })).status);

        const created = await target.post("/alerts/statuses", { name, colour: "#3B82F6" });
        const key = String(created.body.key);
        const flagged = await target.post(`/alerts/flag/${a}`, { description: "Conformance" });
        assert.ok([200, 201].includes(flagged.status));
        assert.equal(flagged.body.status, "FLAGGED");
        const path = `/alerts/flag/${String(flagged.body.anomaly_id)}`;
        assert.equal((await target.put(path, { status: key })).status, 200);
        const kept = await target.delete(`/alerts/statuses/${key}`);
        assertClientError(kept.status);
        assertText(kept.body.error, /cannot delete status: 1 alert\(s\) use this status/);

        await target.put(path, { status: "RESOLVED" });
        const deleted = await target.delete(`/alerts/statuses/${key.toLowerCase()}`);
        assert.deepEqual([deleted.status, deleted.body.message], [200, "Status deleted"]);
      },
    },
  ];
}

function assertClientError(status: number): void {
  assert.ok(status >= 400 && status < 500, `status ${status}`);
}
