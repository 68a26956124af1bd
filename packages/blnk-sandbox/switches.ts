import type { CoreVersion } from "./ledger/core-version.ts";

/** Points that Blnk's documentation leaves open (contract K and every [A]) and that a test may flip while the stand-in runs. */
export type Switches = {
  // The life cycle (contract A).
  callback_timeout_ms: number;
  /** `older` sends `organization_id` and, on launches, `user_id`. */
  payload: "current" | "older";
  key_works: "after_2xx" | "during_callback";
  uninstall_revokes: "after_2xx" | "before_event";
  reinstall_id: "new" | "same";
  callbacks: { duplicates: number; delay_ms: number; reorder: boolean };

  // Addressing and permission (contract A.2, B).
  /** Which scopes `/proxy` asks for: the app's `data:*`, or the reference page's `proxy:*`. */
  proxy_scopes: "data" | "proxy";
  proxy_paths: "listed" | "any";
  alerts_path: "/alerts" | "/cloud/alerts";
  alerts_instance_id: "optional" | "required";
  missing_instance_status: number;
  foreign_instance_status: number;

  // Reads (contract C, D).
  max_page_size: number;
  /** `ignored`: every page has the route's default size, whatever was asked for. */
  page_size: "honoured" | "ignored";
  order: "newest_first" | "oldest_first" | "unordered";
  detail_envelope: "bare" | "data";
  unknown_record: "404" | "200_null";
  /** How the Data and Filters APIs spell amounts: PostgreSQL's NUMERIC often arrives as a string. */
  data_numbers: "integer" | "string" | "float";
  data_inflight: "meta_data" | "top_level";
  /** What a balance without an identity says. */
  data_no_identity: "empty" | "null";
  transaction_totals: "exact" | "estimate";

  // Core behind `/proxy` (contract E, K.6, K.10).
  /** README.md says what each version does differently. */
  core_version: CoreVersion;
  metadata_status: 200 | 201;
  bulk_status: 200 | 201;
  bulk_injection: boolean;
  /** `disabled`: the server has no secret for it. */
  tokenization: "enabled" | "disabled";

  // Alerts (contract F).
  flag_status: 200 | 201;
  alert_list: "data" | "array" | "alerts";
  alert_update_shows: "new" | "old";
  used_status_delete: number;
  /** `offset`: an alert's times carry +01:00, as in the documents' example. */
  alert_times: "utc" | "offset";

  // The queue (contract G): d1 until the QUEUED row is stored, d2 until its outcome row.
  queue: { d1_ms: number; d2_ms: [least: number, most: number]; shuffle: boolean };
  /** Time each answer of the API takes at least. */
  latency_ms: number;
};

export function defaultSwitches(): Switches {
  return {
    callback_timeout_ms: 10_000,
    payload: "current",
    key_works: "after_2xx",
    uninstall_revokes: "after_2xx",
    reinstall_id: "new",
    callbacks: { duplicates: 0, delay_ms: 0, reorder: false },
    proxy_scopes: "data",
    proxy_paths: "listed",
    alerts_path: "/alerts",
    alerts_instance_id: "optional",
    missing_instance_status: 400,
    foreign_instance_status: 403,
    max_page_size: 100,
    page_size: "honoured",
    order: "newest_first",
    detail_envelope: "bare",
    unknown_record: "404",
    data_numbers: "integer",
    data_inflight: "meta_data",
    data_no_identity: "empty",
    transaction_totals: "exact",
    core_version: "0.15.3",
    metadata_status: 200,
    bulk_status: 201,
    bulk_injection: false,
    tokenization: "enabled",
    flag_status: 201,
    alert_list: "data",
    alert_update_shows: "new",
    used_status_delete: 409,
    alert_times: "utc",
    queue: { d1_ms: 5, d2_ms: [50, 250], shuffle: false },
    latency_ms: 0,
  };
}
