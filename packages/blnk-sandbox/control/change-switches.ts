import { z } from "zod";
import { CORE_VERSIONS } from "../ledger/core-version.ts";
import type { Switches } from "../switches.ts";

const ms = z.number().nonnegative();
const status = z.int().min(200).max(599);

const schema = z.strictObject({
  callback_timeout_ms: ms,
  payload: z.enum(["current", "older"]),
  key_works: z.enum(["after_2xx", "during_callback"]),
  uninstall_revokes: z.enum(["after_2xx", "before_event"]),
  reinstall_id: z.enum(["new", "same"]),
  callbacks: z.strictObject({ duplicates: z.int().nonnegative(), delay_ms: ms, reorder: z.boolean() }),
  proxy_scopes: z.enum(["data", "proxy"]),
  proxy_paths: z.enum(["listed", "any"]),
  alerts_path: z.enum(["/alerts", "/cloud/alerts"]),
  alerts_instance_id: z.enum(["optional", "required"]),
  missing_instance_status: status,
  foreign_instance_status: status,
  max_page_size: z.int().positive(),
  page_size: z.enum(["honoured", "ignored"]),
  order: z.enum(["newest_first", "oldest_first", "unordered"]),
  detail_envelope: z.enum(["bare", "data"]),
  unknown_record: z.enum(["404", "200_null"]),
  data_numbers: z.enum(["integer", "string", "float"]),
  data_inflight: z.enum(["meta_data", "top_level"]),
  data_no_identity: z.enum(["empty", "null"]),
  transaction_totals: z.enum(["exact", "estimate"]),
  core_version: z.enum(CORE_VERSIONS),
  metadata_status: z.literal([200, 201]),
  bulk_status: z.literal([200, 201]),
  bulk_injection: z.boolean(),
  tokenization: z.enum(["enabled", "disabled"]),
  flag_status: z.literal([200, 201]),
  alert_list: z.enum(["data", "array", "alerts"]),
  alert_update_shows: z.enum(["new", "old"]),
  used_status_delete: status,
  alert_times: z.enum(["utc", "offset"]),
  queue: z.strictObject({ d1_ms: ms, d2_ms: z.tuple([ms, ms]), shuffle: z.boolean() }),
  latency_ms: ms,
}) satisfies z.ZodType<Switches>;

const changeSchema = schema
  .extend({ callbacks: schema.shape.callbacks.partial(), queue: schema.shape.queue.partial() })
  .partial();

/** Sets the switches that a body names, `queue` and `callbacks` member by member; answers what is wrong with it, if anything. */
export function changeSwitches(switches: Switches, body: unknown): string | undefined {
  const { data, error } = changeSchema.safeParse(body);
  if (error !== undefined) return z.prettifyError(error);
  const { queue, callbacks, ...rest } = data;
  Object.assign(switches, rest);
  Object.assign(switches.queue, queue);
  Object.assign(switches.callbacks, callbacks);
  return undefined;
}
