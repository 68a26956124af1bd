import type { Log } from "#app/platform/http/log.server.ts";
import type { OpenDatabase } from "#db/database.server.ts";

const RETRY_MS = 500;

export type WalTruncation = {
  /** After a commit that destroyed a key: empties the write-ahead log, trying again until it is empty. */
  request(): void;
  /** Since when (epoch ms) a destroyed key may still be in the log, or undefined. */
  pendingSince(): number | undefined;
  stop(): void;
};

/** Boot truncates too (openDatabase), so that a request survives a crash. */
export function createWalTruncation(db: Pick<OpenDatabase, "truncateWal">, log: Log): WalTruncation {
  let since: number | undefined;
  let timer: NodeJS.Timeout | undefined;

  const attempt = () => {
    timer = undefined;
    try {
      if (db.truncateWal()) since = undefined;
    } catch (err) {
      log.warn({ event: "wal_truncation_failed", err }, "the write-ahead log could not be emptied yet");
    }
    if (since !== undefined) timer = setTimeout(attempt, RETRY_MS).unref();
  };

  return {
    request() {
      since ??= Date.now();
      timer ??= setTimeout(attempt, 0).unref();
    },
    pendingSince: () => since,
    stop: () => clearTimeout(timer),
  };
}
