import type { LogIds } from "#app/platform/http/request-context.server.ts";
import type { Platform } from "#app/platform/context.server.ts";
import { DomainError } from "#app/platform/errors.ts";
import { readCallback, type Source } from "#app/platform/installs/read-delivery.server.ts";
import { receiveCallback } from "#app/platform/installs/receive-callback.server.ts";
import type { Body } from "#app/platform/http/json-body.server.ts";
import type { CallbackOutcome, Metrics } from "#app/platform/http/metrics.server.ts";
import { StorageError } from "#db/storage-error.ts";

/** The answer to an install or uninstall. Adds to `ids`, for the log, whose it is as soon as that is known. */
export async function answerCallback(
  app: Platform,
  body: Body,
  source: Source,
  ids: LogIds,
): Promise<object> {
  const { outcome, reason, kind } = await measured(app.metrics, async () => {
    const delivery = await readCallback(body, source);
    const { kind, installed_app_id } = delivery.event;
    ids.installed_app_id = installed_app_id;
    return { ...(await receiveCallback(app, delivery)), kind };
  });
  app.log.info({ event: "callback", ...ids, kind, outcome, reason }, "received a callback");
  if (outcome === "refused") throw new DomainError("mismatch", `Refused: ${reason}.`);
  return { ok: true, outcome };
}

async function measured<T extends { outcome: CallbackOutcome }>(
  metrics: Metrics,
  receive: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  const end = (outcome: CallbackOutcome) => metrics.received(outcome, (performance.now() - began) / 1000);
  try {
    const received = await receive();
    end(received.outcome);
    return received;
  } catch (error) {
    end(error instanceof StorageError ? "not_stored" : "invalid");
    throw error;
  }
}
