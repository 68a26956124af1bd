import { parseArgs } from "node:util";
import { changeSwitches } from "./control/change-switches.ts";
import { type SandboxOptions, startSandbox } from "./start-sandbox.ts";

const USAGE = `npm run sandbox -- [options]

  --port N           port of the API (default: a free one)
  --dashboard-port N, --control-port N
  --seed demo|empty  what the ledgers hold at the start (default: demo)
  --live             keep trading, so that charts and monitors move
  --scale N          add N balances, each with a transaction
  --instances a,b    names of the instances (default: production,staging)
  --set name=value   a switch of switches.ts; may be repeated, the value is JSON or text
  --json             say where it listens as one line of JSON`;

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    "dashboard-port": { type: "string" },
    "control-port": { type: "string" },
    seed: { type: "string", default: "demo" },
    live: { type: "boolean", default: false },
    scale: { type: "string" },
    instances: { type: "string" },
    set: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  await serve();
}

async function serve(): Promise<void> {
  if (values.seed !== "demo" && values.seed !== "empty") exitWith("--seed is demo or empty");
  const sandbox = await startSandbox({
    seed: values.seed,
    live: values.live,
    ...numberOption("port", "port"),
    ...numberOption("dashboard-port", "dashboardPort"),
    ...numberOption("control-port", "controlPort"),
    ...numberOption("scale", "scale"),
    ...(values.instances !== undefined && { instances: values.instances.split(",") }),
  }).catch((error: Error) => exitWith(error.message));
  const problem = changeSwitches(sandbox.switches, readSwitches());
  if (problem !== undefined) {
    await sandbox.close();
    exitWith(problem);
  }
  const { api, dashboard, control, instanceId: instance_id, apiKey: api_key } = sandbox;
  if (values.json) {
    console.log(JSON.stringify({ event: "listening", api, dashboard, control, instance_id, api_key }));
  } else {
    console.log(`dashboard    ${dashboard}\napi          ${api}\ncontrol      ${control}/__sandbox/state`);
    console.log(`instance_id  ${instance_id}\napi_key      ${api_key}\n\nCtrl-C stops it.`);
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void sandbox.close());
}

function readSwitches(): unknown {
  const pairs = values.set.map((pair) => {
    const [name = "", value = ""] = pair.split(/=(.*)/s);
    return [name, jsonOrText(value)];
  });
  return Object.fromEntries(pairs);
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function numberOption(
  flag: "port" | "dashboard-port" | "control-port" | "scale",
  name: keyof SandboxOptions,
): object {
  const given = values[flag];
  if (given === undefined) return {};
  if (!/^\d+$/.test(given)) exitWith(`--${flag} is a number`);
  return { [name]: Number(given) };
}

function exitWith(message: string): never {
  console.error(message);
  process.exit(2);
}
