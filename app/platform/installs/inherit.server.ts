import type { ExpressionBuilder } from "kysely";

import type { Schema } from "#db/schema.ts";
import type { Tx } from "#db/write-queue.server.ts";

import type { Install } from "./installs.server.ts";

/** Moves what the team made (monitors, activity, settings) from one install to the next; one function for each room. */
export type Inheritance = ((tx: Tx, from: string, to: string) => Promise<void>)[];

/** What goes on once a key works, or what was inherited by an install whose key does; in the unit of work that says so. */
export type AfterProof = ((
  tx: Tx,
  install: { installed_app_id: string; generation: number },
  now: number,
) => Promise<void>)[];

// Scopes change only by re-installing, which is likely to bring a new installed_app_id. Both ways round, what an active
// install made is never touched.

/**
 * An install whose key has read data of its instance takes over what the last one of that instance left. An install that
 * never proved itself may be a forgery, put between the two.
 */
export async function inherit(tx: Tx, install: Install, inheritance: Inheritance): Promise<void> {
  const last = await siblings(tx, install)
    .where("state", "=", "inactive")
    .orderBy((eb) => eb.exists(provenKeys(eb)), "desc")
    .orderBy("uninstalled_at", "desc")
    .executeTakeFirst();
  if (!last) return;
  for (const move of inheritance) await move(tx, last.installed_app_id, install.installed_app_id);
}

/** An install that just ended leaves what it made to the one proven in its place already: its uninstall came late. */
export async function passOn(
  tx: Tx,
  ended: Install,
  { inheritance, afterProof }: { inheritance: Inheritance; afterProof: AfterProof },
  now: number,
): Promise<void> {
  const heir = await siblings(tx, ended)
    .where("state", "=", "active")
    .where("key_state", "=", "working")
    .where((eb) => eb.exists(provenKeys(eb).whereRef("install_keys.generation", "=", "installs.generation")))
    .orderBy("installed_at", "desc")
    .executeTakeFirst();
  if (!heir) return;
  for (const move of inheritance) await move(tx, ended.installed_app_id, heir.installed_app_id);
  for (const goOn of afterProof) await goOn(tx, heir, now);
}

function provenKeys(eb: ExpressionBuilder<Schema, "installs">) {
  return eb
    .selectFrom("install_keys")
    .select("install_keys.generation")
    .whereRef("install_keys.installed_app_id", "=", "installs.installed_app_id")
    .where("install_keys.proven_at", "is not", null);
}

function siblings(tx: Tx, { installed_app_id, app_id, instance_id }: Install) {
  return tx
    .selectFrom("installs")
    .select(["installed_app_id", "generation"])
    .where("app_id", "=", app_id)
    .where("instance_id", "=", instance_id)
    .where("installed_app_id", "!=", installed_app_id);
}
