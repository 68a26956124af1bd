import { answerJson, cloudFor, routes } from "#tests/support/cloud-server.ts";
import { describe, expect, test } from "vitest";

const alert = (at: number) => ({
  anomaly_id: `ano_${at}`,
  description: "x",
  status: "FLAGGED",
  type: "Balance",
});
const alertsTo = (count: number) => Array.from({ length: count }, (_, at) => alert(at));

describe("list", () => {
  test.each<[string, object]>([
    ["an array", alertsTo(3)],
    ["data", { data: alertsTo(3), total: 3 }],
    ["data without a total", { data: alertsTo(3) }],
    ["alerts", { alerts: alertsTo(3) }],
    ["nothing", { data: null, total: 0 }],
    ["one alert by itself", alert(0)],
  ])("%s is a complete list", async (_name, body) => {
    const { client } = await cloudFor((_request, response) => answerJson(response, body));
    const list = await client.alerts.list();
    expect(list.complete).toBe(true);
    expect(new Set(list.alerts.map(({ anomaly_id }) => anomaly_id)).size).toBe(list.alerts.length);
  });

  test("a list in pages is read to its end, whether or not it has a total", async () => {
    for (const total of [{ total: 45 }, {}]) {
      const { client } = await cloudFor((request, response) => {
        const page = Number(request.query.get("page"));
        answerJson(response, { data: alertsTo(45).slice((page - 1) * 20, page * 20), ...total });
      });
      const list = await client.alerts.list();
      expect(list.alerts).toHaveLength(45);
      expect(list.complete).toBe(true);
    }
  });

  test("a list that ends before its total is not complete", async () => {
    const { client } = await cloudFor((_request, response) =>
      answerJson(response, { data: alertsTo(20), total: 45 }),
    );
    expect(await client.alerts.list()).toMatchObject({ complete: false });
  });

  test("what is no list is an error, not an empty list", async () => {
    for (const body of [{}, { data: "x" }, "x", null]) {
      const { client } = await cloudFor((_request, response) => answerJson(response, body));
      await expect(client.alerts.list()).rejects.toMatchObject({ code: "malformed" });
    }
  });
});

test("an alert is flagged, read and updated", async () => {
  const { client, requests } = await cloudFor(
    routes({
      "POST /alerts/flag/bln_1": () => alert(1),
      "GET /alerts/ano_1": () => ({ data: alert(1) }),
      "PUT /alerts/flag/ano_1": () => alert(1),
    }),
  );
  expect(await client.alerts.flag("bln_1", { title: "t", description: "d" })).toMatchObject({
    anomaly_id: "ano_1",
  });
  expect(await client.alerts.get("ano_1")).toMatchObject({ status: "FLAGGED" });
  await client.alerts.update("ano_1", { status: "RESOLVED" });
  expect(requests.map(({ body }) => body)).toEqual([
    '{"title":"t","description":"d"}',
    "",
    '{"status":"RESOLVED"}',
  ]);
  expect(requests.every(({ query }) => query.get("instance_id") === "inst_1")).toBe(true);
});

test("statuses are listed, created, updated and deleted", async () => {
  const status = { key: "IN_REVIEW", name: "In review", colour: "#3B82F6" };
  const { client, requests } = await cloudFor(
    routes({
      "GET /alerts/statuses": () => ({ data: [status], allowed_colours: ["#3B82F6", 7] }),
      "POST /alerts/statuses": () => status,
      "PUT /alerts/statuses/IN_REVIEW": () => status,
      "DELETE /alerts/statuses/IN_REVIEW": () => ({ message: "Status deleted" }),
    }),
  );
  expect(await client.alerts.statuses.list()).toEqual({ statuses: [status], allowed_colours: ["#3B82F6"] });
  expect(await client.alerts.statuses.create({ name: "In review", colour: "#3B82F6" })).toEqual(status);
  await client.alerts.statuses.update("IN_REVIEW", { name: "In review", colour: "#3B82F6" });
  await client.alerts.statuses.delete("IN_REVIEW");
  expect(requests.map(({ method }) => method)).toEqual(["GET", "POST", "PUT", "DELETE"]);
});

test("a status that is in use is a conflict", async () => {
  const { client } = await cloudFor((_request, response) =>
    answerJson(response, { error: "cannot delete status: 3 alert(s) use this status" }, 409),
  );
  await expect(client.alerts.statuses.delete("IN_REVIEW")).rejects.toMatchObject({ code: "conflict" });
});
