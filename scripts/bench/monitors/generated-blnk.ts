import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { LARGE_EVERY } from "./large-every.ts";

// Forked with `LATENCY_MS`: a Cloud whose instances hold as many rows as they are told to, none of them kept. One for each
// instance that an API key names: `blnk_<instance>`.
export type Booked = { instance: string; from: number; until: number; rows: number };
export type Told = { do: "book" } & Booked;
export type Said = { api: string } | { alerts: number; pages: number };

const PAGE_SIZE = 100;
const BALANCES = 1_000;

const latency = Number(process.argv[2]);
const books = new Map<string, Booked>();
let alerts = 0;
let pages = 0;

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1", () => {
  process.send!({ api: `http://127.0.0.1:${(server.address() as AddressInfo).port}` } satisfies Said);
});
process.on("message", (told: Told) => {
  books.set(told.instance, told);
  process.send!({ alerts, pages } satisfies Said);
});
process.once("disconnect", () => process.exit(0));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume();
  const url = new URL(request.url!, "http://cloud");
  const instance = request.headers.authorization!.slice("Bearer blnk_".length);
  await sleep(latency);
  response.setHeader("content-type", "application/json").end(JSON.stringify(bodyOf(request, url, instance)));
}

function bodyOf({ method }: IncomingMessage, { pathname, searchParams }: URL, instance: string): object {
  if (pathname.startsWith("/alerts/flag/") && method === "POST") {
    alerts += 1;
    return { anomaly_id: `ano_${alerts}`, status: "OPEN" };
  }
  if (pathname === "/data/transactions") return transactions(searchParams, books.get(instance));
  const ids = searchParams.get("balance_id_in")?.split(",");
  if (pathname === "/data/balances" && ids) return { data: ids.map(balance), total: ids.length };
  return { data: [], total: 0 };
}

function transactions(query: URLSearchParams, book: Booked | undefined): object {
  const status = query.get("status_eq");
  if (!book || !query.has("created_at_gte") || (status !== null && status !== "APPLIED"))
    return { data: [], total: 0 };
  pages += 1;
  const step = (book.until - book.from) / book.rows;
  const first = Math.max(0, Math.ceil((Date.parse(query.get("created_at_gte")!) - book.from) / step));
  const last = Math.min(
    book.rows - 1,
    Math.floor((Date.parse(query.get("created_at_lte")!) - book.from) / step),
  );
  const total = Math.max(0, last - first + 1);
  const begin = (Number(query.get("page")) - 1) * PAGE_SIZE;
  const count = Math.max(0, Math.min(Number(query.get("pageSize")), PAGE_SIZE, total - begin));
  return { data: Array.from({ length: count }, (_, at) => row(last - begin - at, book.from, step)), total };
}

function row(index: number, from: number, step: number): object {
  const created_at = new Date(from + Math.ceil(index * step)).toISOString();
  return {
    transaction_id: `txn_00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    parent_transaction: "",
    source: `bln_${index % BALANCES}`,
    destination: `bln_${(index + 1) % BALANCES}`,
    reference: `payment-${index}-0123456789abcdef`,
    amount: 12.5,
    precise_amount: index % LARGE_EVERY === LARGE_EVERY - 1 ? 900_000 : 1250,
    precision: 100,
    currency: "USD",
    description: "Payment for goods",
    status: "APPLIED",
    created_at,
    effective_date: created_at,
    scheduled_for: "0001-01-01T00:00:00Z",
    hash: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    meta_data: { channel: "web", customer: { tier: "gold", country: "NG" }, inflight: false },
  };
}

function balance(balance_id: string): object {
  return {
    balance_id,
    ledger_id: Number(balance_id.slice("bln_".length)) % 10 === 0 ? "ldg_wallets" : "ldg_others",
    currency: "USD",
    balance: 1000,
    credit_balance: 1000,
    debit_balance: 0,
    inflight_balance: 0,
    version: 2,
    created_at: "2026-01-01T00:00:00Z",
    meta_data: null,
  };
}
