import type { Need, Route } from "./router.ts";
import {
  detokeniseField,
  detokeniseFields,
  postIdentity,
  putIdentity,
  readTokenisedFields,
  tokeniseField,
  tokeniseFields,
} from "./proxy/identities.ts";
import { commitMany, voidMany } from "./proxy/bulk-inflight.ts";
import {
  postBalance,
  postLedger,
  postMetaData,
  putBalanceIdentity,
  readBalance,
  readBalanceAt,
  readBalanceLineage,
} from "./proxy/ledgers.ts";
import {
  createBulk,
  createRefund,
  createTransaction,
  readTransactionById,
  readTransactionByReference,
  readTransactionLineage,
  settleInflight,
} from "./proxy/transactions.ts";

type CoreRoute = [method: string, path: string, handle: Route["handle"]];

/** The paths that Cloud's reference lists. */
const LISTED: CoreRoute[] = [
  ["POST", "/proxy/ledgers", postLedger],
  ["POST", "/proxy/balances", postBalance],
  ["PUT", "/proxy/balances/:id/identity", putBalanceIdentity],
  ["GET", "/proxy/balances/:id/at", readBalanceAt],
  ["GET", "/proxy/balances/:id/lineage", readBalanceLineage],
  ["POST", "/proxy/transactions", createTransaction],
  ["POST", "/proxy/transactions/bulk", createBulk],
  ["PUT", "/proxy/transactions/inflight/:id", settleInflight],
  ["GET", "/proxy/transactions/:id/lineage", readTransactionLineage],
  ["POST", "/proxy/refund-transaction/:id", createRefund],
  ["POST", "/proxy/identities", postIdentity],
  ["PUT", "/proxy/identities/:id", putIdentity],
  ["POST", "/proxy/identities/:id/tokenize", tokeniseFields],
  ["POST", "/proxy/identities/:id/tokenize/:field", tokeniseField],
  ["GET", "/proxy/identities/:id/tokenized-fields", readTokenisedFields],
  ["POST", "/proxy/identities/:id/detokenize", detokeniseFields],
  ["GET", "/proxy/identities/:id/detokenize/:field", detokeniseField],
  ["POST", "/proxy/:id/metadata", postMetaData],
];

/** Core has these too; whether Cloud passes them on is open (contract K.8). */
const UNLISTED: CoreRoute[] = [
  ["GET", "/proxy/balances/:id", readBalance],
  ["POST", "/proxy/transactions/inflight/bulk/commit", commitMany],
  ["POST", "/proxy/transactions/inflight/bulk/void", voidMany],
  ["GET", "/proxy/transactions/:id", readTransactionById],
  ["GET", "/proxy/transactions/reference/:reference", readTransactionByReference],
];

export const PROXY_ROUTES = { data: routesFor("data", LISTED), proxy: routesFor("proxy", LISTED) };
export const UNLISTED_PROXY_ROUTES = {
  data: routesFor("data", UNLISTED),
  proxy: routesFor("proxy", UNLISTED),
};

/** The documents disagree on the scope: an app can hold `data:*` only, the reference asks for `proxy:*` (contract K.1). */
function routesFor(family: "data" | "proxy", routes: CoreRoute[]): Route[] {
  return routes.map(([method, path, handle]) => {
    const need: Need = `${family}:${method === "GET" ? "read" : "write"}`;
    return { method, path, need, handle };
  });
}
