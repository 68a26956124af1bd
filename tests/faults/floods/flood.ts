import { Agent, request } from "node:http";
import { connect } from "node:net";
import { setPriority } from "node:os";

// `node flood.ts KIND ORIGIN PATH COUNT HEADERS`: asks too much of a server, by itself so that it takes nothing from who
// judges the server meanwhile, and last in line for the processor. Prints its `FloodOutcome` at the end.
setPriority(19);
const [kind, origin, path, countText, headerText] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const { hostname, port } = new URL(origin);
const count = Number(countText);
const headers = JSON.parse(headerText) as Record<string, string>;
/** Longer than any server should bear it. */
const PATIENCE_MS = 90_000;

export type FloodOutcome = {
  /** Connections that the server ended. */
  cut: number;
  /** How often each status was answered. */
  statuses: Record<string, number>;
};

const outcome: FloodOutcome = { cut: 0, statuses: {} };
if (kind === "requests") await pour(50);
else if (kind === "at-once") await pour(count);
else await hold();
process.stdout.write(`${JSON.stringify(outcome)}\n`, () => process.exit());

/** Opens the connections and holds them, a byte a second, until the server has had enough. */
async function hold(): Promise<void> {
  const opening = {
    idle: "",
    "slow-headers": `POST ${path} HTTP/1.1\r\nHost: x\r\nX-Slow: `,
    "slow-bodies": `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n`,
  }[kind]!;
  const held: Promise<void>[] = [];
  for (let at = 0; at < count; at += 100) {
    const opened = Array.from({ length: Math.min(100, count - at) }, () => holdOne(opening));
    held.push(...opened.map(({ ended }) => ended));
    await Promise.all(opened.map(({ begun }) => begun));
  }
  await Promise.race([Promise.all(held), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
}

function holdOne(opening: string) {
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const socket = connect(Number(port), hostname, () => {
    socket.write(opening);
    begun.resolve();
  });
  const drip = opening === "" ? undefined : setInterval(() => socket.write("1"), 1000);
  socket.resume().on("error", () => undefined);
  socket.on("close", () => {
    clearInterval(drip);
    outcome.cut += 1;
    begun.resolve();
    ended.resolve();
  });
  return { begun: begun.promise, ended: ended.promise };
}

async function pour(atOnce: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  let next = 0;
  const sendInTurn = async () => {
    while (next < count) {
      next += 1;
      const status = await post(agent, path.replace("{n}", String(next)));
      outcome.statuses[status] = (outcome.statuses[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sendInTurn));
}

function post(agent: Agent, to: string): Promise<number | "none"> {
  return new Promise((resolve) => {
    request(origin + to, { method: "POST", agent, headers }, (answer) => {
      answer.resume().on("close", () => resolve(answer.statusCode ?? "none"));
    })
      .on("error", () => resolve("none"))
      .end("password=wrong");
  });
}
