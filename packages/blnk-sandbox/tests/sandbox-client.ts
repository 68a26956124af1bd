import { objectOf, type Body } from "../conformance/body.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../start-sandbox.ts";
import { Target } from "../conformance/target.ts";

/** A sandbox whose queue does nothing until it is drained, with a client for its first instance. Closed at the end of scope. */
export async function openSandbox(options: SandboxOptions = {}) {
  const sandbox = await startSandbox(options);
  const target = new Target({ url: sandbox.api, key: sandbox.apiKey, instanceId: sandbox.instanceId });
  const [instance] = sandbox.workspace.instances;
  return {
    sandbox,
    target,
    ledger: instance!.ledger,
    control: (method: string, path: string, body?: unknown) => callControl(sandbox, method, path, body),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

async function callControl(
  { control }: Sandbox,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Body }> {
  const response = await fetch(`${control}/__sandbox${path}`, {
    method,
    ...(body !== undefined && {
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  return { status: response.status, body: objectOf(await response.json()) };
}

/** A payment of 1.00 USD out of `@World`, synchronous unless said otherwise. */
export function payment(given: Body = {}): Body {
  return {
    precise_amount: 100,
    precision: 100,
    currency: "USD",
    description: "Test",
    reference: crypto.randomUUID(),
    source: "@World",
    destination: "@shop",
    allow_overdraft: true,
    skip_queue: true,
    ...given,
  };
}
