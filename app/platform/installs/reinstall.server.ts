import type { ExpressionBuilder } from "kysely";

import { moveActivity } from "#app/platform/activity/activity.server.ts";
import type { Schema } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { Install } from "./installs.server.ts";
import type { LifecycleHooks } from "./lifecycle-hooks.ts";

type Hooks = readonly LifecycleHooks[];

// Scopes change only by re-installing, which is likely to bring a new installed_app_id. Both ways round, what an active
// install made is never touched.

/**
 * Moves what the instance's last install left to this one, whose key has read data of the instance. An install that never
 * proved itself may be a forgery, put between the two.
 */
export async function moveFromLastInstall(tx: Tx, install: Install, hooks: Hooks): Promise<void> {
  const last = await otherInstalls(tx, install)
    .where("state", "=", "inactive")
    .orderBy((eb) => eb.exists(provenKeys(eb)), "desc")
    .orderBy("uninstalled_at", "desc")
    .executeTakeFirst();
  if (last) await move(tx, last.installed_app_id, install.installed_app_id, hooks);
}

/** Moves what an install left to the one already proven in its place: its uninstall came late. */
export async function moveToNextInstall(tx: Tx, ended: Install, hooks: Hooks, now: number): Promise<void> {
  const next = await otherInstalls(tx, ended)
    .where("state", "=", "active")
    .where("key_state", "=", "working")
    .where((eb) => eb.exists(provenKeys(eb).whereRef("install_keys.generation", "=", "installs.generation")))
    .orderBy("installed_at", "desc")
    .executeTakeFirst();
  if (!next) return;
  await move(tx, ended.installed_app_id, next.installed_app_id, hooks);
  for (const { onKeyVerified } of hooks) await onKeyVerified?.(tx, next, now);
}

async function move(tx: Tx, from: string, to: string, hooks: Hooks): Promise<void> {
  await moveActivity(tx, from, to);
  for (const { onReinstall } of hooks) await onReinstall?.(tx, from, to);
}

function provenKeys(eb: ExpressionBuilder<Schema, "installs">) {
  return eb
    .selectFrom("install_keys")
    .select("install_keys.generation")
    .whereRef("install_keys.installed_app_id", "=", "installs.installed_app_id")
    .where("install_keys.proven_at", "is not", null);
}

function otherInstalls(tx: Tx, { installed_app_id, app_id, instance_id }: Install) {
  return tx
    .selectFrom("installs")
    .select(["installed_app_id", "generation"])
    .where("app_id", "=", app_id)
    .where("instance_id", "=", instance_id)
    .where("installed_app_id", "!=", installed_app_id);
}
