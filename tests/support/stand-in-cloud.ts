import { createServer } from "node:http";

import { onTestFinished } from "vitest";

import { listen } from "./listen.ts";

type ProofSeen = { path: string; instanceIds: string[]; key: string };

/**
 * The little of Blnk Cloud that a key proof needs: a status for each key (200 unless set), and a journal of who asked
 * for what. Closed with the test.
 */
export async function startStandInCloud() {
  const journal: ProofSeen[] = [];
  const answers = new Map<string, { status: number; body: string }>();
  let hold: Promise<void> | undefined;
  let ahead = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://cloud");
    const key = (request.headers.authorization ?? "").replace(/^Bearer /, "");
    journal.push({ path: url.pathname, instanceIds: url.searchParams.getAll("instance_id"), key });
    response.setHeader("date", new Date(Date.now() + ahead).toUTCString());
    const { status, body } = answers.get(`${key} ${url.pathname}`) ??
      answers.get(key) ?? { status: 200, body: '{"data":[],"total":0}' };
    void Promise.resolve(hold).then(() =>
      response.writeHead(status, { "content-type": "application/json" }).end(body),
    );
  });
  const url = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url,
    journal,
    /** For one path, or for all. */
    answer(key: string, status: number, body = '{"error":"no"}', path?: string) {
      answers.set(path === undefined ? key : `${key} ${path}`, {
        status,
        body: status === 200 ? '{"data":[],"total":0}' : body,
      });
    },
    setClockAhead: (milliseconds: number) => (ahead = milliseconds),
    /** Keeps every answer back until the returned function is called. */
    holdAnswers(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      hold = promise;
      return () => {
        hold = undefined;
        resolve();
      };
    },
  };
}
