import { expect, test } from "vitest";

import { installBody, launchBody, uninstallBody } from "#tests/support/blnk-payloads.ts";
import { startApp } from "#tests/support/start-app.ts";

const json = (body: object) => JSON.stringify(body);
const INSTALL = json(installBody());

/** What Blnk and others may post, in an order in which each finds what it needs. */
const REQUESTS: { url: "callback" | "launch" | "wrong"; body: string; type?: string; method?: string }[] = [
  { url: "launch", body: json(launchBody()) },
  { url: "callback", body: INSTALL },
  { url: "callback", body: INSTALL },
  { url: "callback", body: json(installBody({ app_id: "forged" })) },
  { url: "callback", body: INSTALL, type: "text/plain" },
  { url: "callback", body: "{" },
  { url: "callback", body: "{}" },
  { url: "callback", body: `"${"x".repeat(70_000)}"` },
  { url: "launch", body: json(launchBody()) },
  { url: "launch", body: json(launchBody({ instance_id: "forged" })) },
  { url: "wrong", body: INSTALL },
  { url: "callback", body: INSTALL, method: "PUT" },
  { url: "callback", body: json(uninstallBody()) },
  { url: "launch", body: json(launchBody()) },
];

async function answersOf(shortcut: boolean) {
  const app = await startApp({ shortcut });
  const paths = { ...app.paths, wrong: "/api/callback/wrong" };
  const answers = [];
  for (const { url, body, type = "application/json", method = "POST" } of REQUESTS) {
    const answer = await app.request(paths[url], { method, body, headers: { "content-type": type } });
    answers.push({
      status: answer.status,
      statusText: answer.statusText,
      headers: Object.fromEntries(
        [...answer.headers].filter(([name]) => !["date", "x-request-id"].includes(name)),
      ),
      body: (await answer.text()).replace(/token=[\w-]+/, "token="),
    });
  }
  const rows = app.rows(
    "select outcome, kind, source_address, secret_index from received_events order by id",
  );
  return {
    answers,
    rows,
    launches: app.rows("select source_address, ended_at is null as live from launches"),
  };
}

test("what Blnk posts is answered and stored the same with and without the shortcut", async () => {
  const straight = await answersOf(true);
  expect(straight.answers.map(({ status }) => status)).toEqual([
    404, 200, 200, 409, 415, 400, 400, 413, 200, 409, 404, 405, 200, 403,
  ]);
  expect(await answersOf(false)).toEqual(straight);
});
