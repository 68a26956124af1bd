import { Agent } from "undici";

import { alerts } from "./alerts.server.ts";
import { balances } from "./balances.server.ts";
import { createCollection } from "./collection.server.ts";
import { holds } from "./holds.server.ts";
import { identities } from "./identities.server.ts";
import { ledgers } from "./ledgers.server.ts";
import { metadata } from "./metadata.server.ts";
import { readBalance, readIdentity, readLedger, readTransaction } from "./records.ts";
import { transactions } from "./transactions.server.ts";
import { type Call, type CloudCredentials, createCall, type EndedCall } from "./transport/call.server.ts";
import { type CloudClock, createCloudClock } from "./transport/cloud-clock.ts";
import { createInstallLimiter } from "./transport/install-limiter.server.ts";
import { cloudPath } from "./transport/request.ts";
import type { KeptMetadata } from "./transport/slim-json.ts";
import { createSend } from "./transport/send.server.ts";

export type { CloudCredentials } from "./transport/call.server.ts";

export type CloudOptions = {
  apiUrl: string;
  /** Told of retries and of breakers that open: which install and route, and why. Never a body, a record's id or a key. */
  log?: { warn(fields: object, message: string): void };
  /** Told of every call once it has ended, for the metrics. */
  onCall?: (call: EndedCall) => void;
  connectMs?: number;
  /** The longest that one call may take, retries included. */
  callMs?: number;
  /** The first pause before a retry. */
  retryMs?: number;
  maxResponseBytes?: number;
  concurrency?: number;
  slowConcurrency?: number;
  installConcurrency?: number;
  /** After so long a call is slow, and holds up no other install. */
  slowMs?: number;
  /** Outages in a row after which an install's calls fail at once, for `breakMs` at first. */
  breakAfter?: number;
  breakMs?: number;
  /** The wall clock, which may be set while we run. */
  now?: () => number;
};

type ClientOptions = {
  /** Ends every call of this client: the request that asked went away, or the job was stopped. */
  signal?: AbortSignal;
  /** Time that all calls of this client share, retries and waiting included. None when left out: then each has its own. */
  budgetMs?: number;
  /** Told of each call that is slow; what it answers is called when that call has ended. */
  onSlow?: () => () => void;
  /** The dotted paths of metadata that are asked for; all that is not too large when left out. */
  metadata?: KeptMetadata;
};

/** Everything one install may do in Blnk Cloud. Its methods throw `CloudError`, and what `openKey` throws. */
export type CloudClient = ReturnType<typeof createClient>;

export type Cloud = {
  client(credentials: CloudCredentials, options?: ClientOptions): CloudClient;
  readonly clock: CloudClock;
  /** Ends every call under way for an install that was just uninstalled, with `stopped`. */
  stop(installedAppId: string): void;
  close(): Promise<void>;
};

/** The process's one way to Blnk Cloud: its connections, and the limits that installs share. */
export function createCloud({
  apiUrl,
  log,
  onCall,
  connectMs = 5_000,
  callMs = 30_000,
  retryMs = 250,
  maxResponseBytes = 16 * 1024 * 1024,
  concurrency = 64,
  slowConcurrency = 128,
  installConcurrency = 4,
  slowMs = 2_000,
  breakAfter = 5,
  breakMs = 2_000,
  now = Date.now,
}: CloudOptions): Cloud {
  const agent = new Agent({
    connect: { timeout: connectMs },
    connections: concurrency + slowConcurrency,
    maxResponseSize: maxResponseBytes,
    // The limits are counted per connection; HTTP/2 would multiplex past them.
    allowH2: false,
  });
  const warn = (fields: object, message: string) => log?.warn(fields, message);
  const limiter = createInstallLimiter(
    { concurrency, slowConcurrency, installConcurrency, slowMs, breakAfter, breakMs },
    warn,
  );
  const cloudClock = createCloudClock(now);
  const send = createSend(apiUrl, agent, cloudClock);

  return {
    clock: cloudClock.clock,
    client(credentials, { signal, onSlow, budgetMs = Infinity, metadata } = {}) {
      const deadline = performance.now() + budgetMs;
      const call = createCall({
        credentials,
        send,
        metadata,
        callMs,
        retryMs,
        signal,
        onSlow,
        calls: () => limiter.of(credentials.calls ?? credentials.installedAppId),
        remainingMs: () => deadline - performance.now(),
        warn,
        onCall,
      });
      return createClient(call, signal);
    },
    stop: (installedAppId) => limiter.stop(installedAppId),
    close: () => agent.destroy(),
  };
}

function createClient(call: Call, signal: AbortSignal | undefined) {
  const ledgerRows = createCollection(call, "ledgers", "ledger_id", readLedger);
  const balanceRows = createCollection(call, "balances", "balance_id", readBalance);
  const transactionRows = createCollection(call, "transactions", "transaction_id", readTransaction);
  const identityRows = createCollection(call, "identities", "identity_id", readIdentity);
  return {
    ledgers: ledgers(call, ledgerRows),
    balances: balances(call, balanceRows),
    transactions: transactions(call, transactionRows, balanceRows, signal),
    holds: holds(call, transactionRows, signal),
    identities: identities(call, identityRows),
    metadata: metadata(call),
    alerts: alerts(call),

    /**
     * The cheapest read of data, which proves that the key belongs to this very instance. It is sent once; a dead key is
     * `unauthorised`, one without the scope or of another instance `forbidden`.
     */
    async proveKey(): Promise<void> {
      const query = [["pageSize", "1"]] as const;
      await call({
        method: "GET",
        path: cloudPath`/data/ledgers`,
        query,
        scope: "data:read",
        repeatable: false,
      });
    },
  };
}
